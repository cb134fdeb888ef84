/* dew_mve: whether the core has Helium (Armv8.1-M's vectors of 16 bytes). */
#ifndef DEW_MVE_H
#define DEW_MVE_H

#include "dew_types.h"

#if defined(__ARM_FEATURE_MVE) && defined(__GNUC__)
#define DEW_MVE 1
#else
#define DEW_MVE 0
#endif

#endif
