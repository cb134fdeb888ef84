/* dew_dsp: whether the core multiplies pairs of 16 bits (Armv7E-M, Armv8-M with the DSP extension). */
#ifndef DEW_DSP_H
#define DEW_DSP_H

#include "dew_types.h"

#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
#define DEW_DSP 1
#else
#define DEW_DSP 0
#endif

#endif
