/* dew_paired: from a channel's accumulator to its int8 output, with bias and multiplier stored side by side.
 */
#ifndef DEW_PAIRED_H
#define DEW_PAIRED_H

#include "dew_clamp.h"
#include "dew_dsp.h"
#include "dew_requantize.h"

/* 0: no channel of this model shifts its sum to the left. */
#ifndef DEW_SHIFTS
#define DEW_SHIFTS 1
#endif
/* 0: no channel has a shift in either direction, and kernels have no fields for it. */
#if DEW_SHIFTS || DEW_ROUNDING_TFLITE
#define DEW_ANY_SHIFTS 1
#else
#define DEW_ANY_SHIFTS 0
#endif

static inline int8_t dew_saturate(int32_t y) {
#if defined(__ARM_FEATURE_SAT) && defined(__GNUC__)
  __asm__("ssat %0, #8, %0" : "+r"(y));
  return (int8_t)y;
#else
  if ((uint32_t)y + 128 > 255) y = (y >> 31) ^ 127;
  return (int8_t)y;
#endif
}

/* Saturates to int8; dew_paired_clamp applies the activation's range later. */
static inline int8_t dew_paired_end(int32_t acc, int32_t multiplier, int32_t shift, int32_t zero_point) {
  return dew_saturate(dew_requantize(acc, multiplier, shift, zero_point));
}

/* Channel c's shift, of an array that is null if there is none. */
static inline int32_t dew_shift_of(const int8_t* shifts, int32_t c) {
#if DEW_ANY_SHIFTS
  return shifts ? shifts[c] : 0;
#else
  (void)shifts;
  (void)c;
  return 0;
#endif
}

#if DEW_DSP
/* Four bytes at a time: where the difference is not negative, SEL takes its first operand. */
static inline uint32_t dew_clamp4(uint32_t x, uint32_t low, uint32_t high) {
  uint32_t difference;
  __asm__("ssub8 %1, %0, %3\nsel %0, %3, %0\nssub8 %1, %0, %2\nsel %0, %0, %2"
          : "+r"(x), "=&r"(difference)
          : "r"(low), "r"(high));
  return x;
}
#endif

static void dew_paired_clamp(const dew_paired_scale* scale, int8_t* out, uint32_t count) {
  const int32_t low = scale->low, high = scale->high;
  uint32_t i = 0;
  if (low == -128 && high == 127) return;
#if DEW_DSP
  for (; i + 4 <= count; i += 4) {
    uint32_t word;
    memcpy(&word, out + i, 4);
    word = dew_clamp4(word, 0x01010101U * (uint8_t)low, 0x01010101U * (uint8_t)high);
    memcpy(out + i, &word, 4);
  }
#endif
  for (; i < count; i++) out[i] = dew_clamp(out[i], low, high);
}

#endif
