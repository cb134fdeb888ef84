/* dew_requantize: from a 32-bit accumulator to the scale of the output (docs/numeric-contract.md).
 *
 * DEW_ROUNDING_TFLITE 0: y = zero_point + ((acc * multiplier + 2^31) >> 32), rounded once; one SMMLAR on
 * cores with the DSP extension. DEW_ROUNDING_TFLITE 1: TensorFlow Lite's two roundings. */
#ifndef DEW_REQUANTIZE_H
#define DEW_REQUANTIZE_H

#include "dew_types.h"

/* For factors of one half and more. A sum outside 20 bits saturates the output whatever its size; no shift is
 * above 11, so no bit is lost. */
static inline int32_t dew_shift_left(int32_t acc, int32_t shift) {
  const int32_t most = 0x7FFFF, least = -most - 1;
  return (acc < least ? least : acc > most ? most : acc) * ((int32_t)1 << shift);
}

#if DEW_ROUNDING_TFLITE
static inline int32_t dew_requantize(int32_t acc, int32_t multiplier, int32_t shift, int32_t zero_point) {
  int32_t high, mask, rest;
  int64_t product;
  if (shift > 0) acc = dew_shift_left(acc, shift);
  /* TensorFlow Lite adds another half to negative products and divides towards zero; that is the same. */
  product = (int64_t)acc * multiplier;
  high = (int32_t)((product + 0x40000000) >> 31);
  if (shift >= 0) return high + zero_point;
  mask = (int32_t)(((uint32_t)1 << -shift) - 1);
  rest = high & mask;
  return (high >> -shift) + (rest > (mask >> 1) + (high < 0)) + zero_point;
}
#else
/* zero_point + ((acc * multiplier + 2^31) >> 32). */
static inline int32_t dew_scaled(int32_t acc, int32_t multiplier, int32_t zero_point) {
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
  int32_t y;
  __asm__("smmlar %0, %1, %2, %3" : "=r"(y) : "r"(acc), "r"(multiplier), "r"(zero_point));
  return y;
#elif defined(__ARM_ARCH_7M__) && defined(__GNUC__)
  int32_t low, y;
  __asm__("smull %0, %1, %2, %3\nadds %0, %0, %0\nadc %1, %1, %4"
          : "=&r"(low), "=&r"(y)
          : "r"(acc), "r"(multiplier), "r"(zero_point)
          : "cc");
  return y;
#elif defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__)
  /* Without a long multiplication: four products of halves. */
  const int32_t a_high = acc >> 16, b_high = multiplier >> 16;
  const uint32_t a_low = (uint32_t)acc & 0xFFFF, b_low = (uint32_t)multiplier & 0xFFFF;
  const int32_t first = (int32_t)((uint32_t)a_high * b_low + (a_low * b_low >> 16));
  const int32_t second = (int32_t)(a_low * (uint32_t)b_high + ((uint32_t)first & 0xFFFF));
  return a_high * b_high + (first >> 16) + (second >> 16) + ((second >> 15) & 1) + zero_point;
#elif defined(__riscv_mul) && defined(__GNUC__) && __riscv_xlen == 32
  /* Twice the multiplier gives a high word with one bit too many; adding 1 and halving rounds that bit. */
  int32_t doubled;
  __asm__("mulhsu %0, %1, %2" : "=r"(doubled) : "r"(acc), "r"(2 * (uint32_t)multiplier));
  return ((doubled + 1) >> 1) + zero_point;
#else
  return (int32_t)(((int64_t)acc * multiplier + 0x80000000LL) >> 32) + zero_point;
#endif
}

static inline int32_t dew_requantize(int32_t acc, int32_t multiplier, int32_t shift, int32_t zero_point) {
  if (shift > 0) acc = dew_shift_left(acc, shift);
  return dew_scaled(acc, multiplier, zero_point);
}
#endif

#endif
