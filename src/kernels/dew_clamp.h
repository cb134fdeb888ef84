/* dew_clamp: into int8, or into what an activation leaves of it. */
#ifndef DEW_CLAMP_H
#define DEW_CLAMP_H

#include <stdint.h>

static inline int8_t dew_clamp(int32_t y, int32_t low, int32_t high) {
  return (int8_t)(y < low ? low : y > high ? high : y);
}

#endif
