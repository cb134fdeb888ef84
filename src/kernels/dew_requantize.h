/* dew_requantize: a 32-bit accumulator becomes an int8 (docs/numeric-contract.md).
 *
 * DEW_ROUNDING_TFLITE 0: y = zero_point + ((acc * multiplier + 2^31) >> 32), one rounding; on cores with the
 * DSP extension it is one SMMLAR. 1: TensorFlow Lite's two roundings. */
#ifndef DEW_REQUANTIZE_H
#define DEW_REQUANTIZE_H

#include "dew_types.h"

#ifndef DEW_ROUNDING_TFLITE
#define DEW_ROUNDING_TFLITE 0
#endif

static inline int32_t dew_shift_left(int32_t acc, int32_t shift) {
  const int64_t shifted = acc * ((int64_t)1 << shift);
  return shifted > INT32_MAX ? INT32_MAX : shifted < INT32_MIN ? INT32_MIN : (int32_t)shifted;
}

#if DEW_ROUNDING_TFLITE
static inline int32_t dew_requantize(int32_t acc, int32_t multiplier, int32_t shift, int32_t zero_point) {
  int32_t high, mask, rest;
  int64_t product;
  if (shift > 0) acc = dew_shift_left(acc, shift);
  product = (int64_t)acc * multiplier;
  high = (int32_t)((product + (product >= 0 ? 0x40000000 : -0x3FFFFFFF)) / 0x80000000LL);
  if (shift >= 0) return high + zero_point;
  mask = (int32_t)(((uint32_t)1 << -shift) - 1);
  rest = high & mask;
  return (high >> -shift) + (rest > (mask >> 1) + (high < 0)) + zero_point;
}
#else
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
static inline int32_t dew_requantize(int32_t acc, int32_t multiplier, int32_t shift, int32_t zero_point) {
  int32_t y;
  if (shift > 0) acc = dew_shift_left(acc, shift);
  __asm__("smmlar %0, %1, %2, %3" : "=r"(y) : "r"(acc), "r"(multiplier), "r"(zero_point));
  return y;
}
#else
/* (a * b + 2^31) >> 32. */
static inline int32_t dew_high_product(int32_t a, int32_t b) {
#if defined(__ARM_ARCH_6M__)
  /* No long multiply: four products of halves. */
  const int32_t a_high = a >> 16, b_high = b >> 16;
  const uint32_t a_low = (uint32_t)a & 0xFFFF, b_low = (uint32_t)b & 0xFFFF;
  const int32_t first = (int32_t)((uint32_t)a_high * b_low + (a_low * b_low >> 16));
  const int32_t second = (int32_t)(a_low * (uint32_t)b_high + ((uint32_t)first & 0xFFFF));
  return a_high * b_high + (first >> 16) + (second >> 16) + ((second >> 15) & 1);
#else
  return (int32_t)(((int64_t)a * b + 0x80000000LL) >> 32);
#endif
}

static inline int32_t dew_requantize(int32_t acc, int32_t multiplier, int32_t shift, int32_t zero_point) {
  if (shift > 0) acc = dew_shift_left(acc, shift);
  return dew_high_product(acc, multiplier) + zero_point;
}
#endif
#endif

#endif
