/* dew_clamp: clamps to the range of int8, or to the part of it that an activation leaves. */
#ifndef DEW_CLAMP_H
#define DEW_CLAMP_H

#include <stdint.h>

static inline int8_t dew_clamp(int32_t y, int32_t low, int32_t high) {
  return (int8_t)(y < low ? low : y > high ? high : y);
}

#endif
