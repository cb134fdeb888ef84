/* dew_sums: the sums of four neighbouring channels, each with weights of its own. */
#ifndef DEW_SUMS_H
#define DEW_SUMS_H

#include "dew_channel.h"
#include "dew_dsp.h"
#include "dew_mve.h"

#if DEW_MVE

#include <arm_mve.h>

typedef int32x4_t dew_sums;

static inline dew_sums dew_sums_of(const int32_t* bias) {
  return vldrwq_s32(bias);
}

/* Adds `count` taps: from channel `first` of each input pixel on, with four weights each. */
static inline dew_sums dew_sums_add(dew_sums sums, const int8_t* const* in, int32_t count, int32_t first,
                                    const int8_t* weights) {
  __asm__ volatile(
      "dls lr, %[count]\n"
      "1:\n"
      "ldr r4, [%[in]], #4\n"
      "vldrb.s32 q2, [%[weights]], #4\n"
      "add r4, r4, %[first]\n"
      "vldrb.s32 q1, [r4]\n"
      "vmul.i32 q1, q1, q2\n"
      "vadd.i32 %q[sums], %q[sums], q1\n"
      "le lr, 1b\n"
      : [in] "+r"(in), [weights] "+l"(weights), [sums] "+w"(sums)
      : [count] "r"(count), [first] "r"(first)
      : "r4", "lr", "q1", "q2", "memory");
  return sums;
}

/* Writes the outputs of channel c and the three after it, `step` bytes apart. */
static inline void dew_sums_end(dew_sums sums, const dew_scale* scale, int32_t c, int8_t* out, int32_t step) {
  const int32x4_t multiplier = vldrwq_s32(scale->multiplier + c);
  int32x4_t y = sums;
#if DEW_ROUNDING_TFLITE
  const int32x4_t shift = scale->shift ? vldrbq_s32(scale->shift + c) : vdupq_n_s32(0);
  y = vqrdmulhq_s32(vqshlq_s32(y, vmaxq_s32(shift, vdupq_n_s32(0))), multiplier);
  y = vqaddq_s32(y, vshrq_n_s32(vandq_s32(y, shift), 31));
  y = vrshlq_s32(y, vminq_s32(shift, vdupq_n_s32(0)));
#else
  if (scale->shift) y = vqshlq_s32(y, vldrbq_s32(scale->shift + c));
  y = vrmulhq_s32(y, multiplier);
#endif
  y = vaddq_n_s32(y, scale->zero_point);
  y = vminq_s32(vmaxq_s32(y, vdupq_n_s32(scale->low)), vdupq_n_s32(scale->high));
  if (step == 1) {
    vstrbq_s32(out, y);
  } else {
    vstrbq_scatter_offset_s32(out, vmulq_n_u32(vidupq_n_u32(0, 1), (uint32_t)step), y);
  }
}

#else

typedef struct dew_sums {
  int32_t of[4];
} dew_sums;

static inline dew_sums dew_sums_of(const int32_t* bias) {
  dew_sums sums;
  memcpy(sums.of, bias, sizeof sums.of);
  return sums;
}

/* Adds `count` taps: from channel `first` of each input pixel on, with four weights each. */
static inline dew_sums dew_sums_add(dew_sums sums, const int8_t* const* in, int32_t count, int32_t first,
                                    const int8_t* weights) {
  const int8_t* const* const end = in + count;
  int32_t a = sums.of[0], b = sums.of[1], c = sums.of[2], d = sums.of[3];
#if DEW_DSP
  uint32_t x, w, odd_x, odd_w;
  __asm__ volatile(
      "1:\n"
      "ldr %[x], [%[in]], #4\n"
      "ldr %[w], [%[weights]], #4\n"
      "ldr %[x], [%[x], %[first]]\n"
      "sxtb16 %[odd_w], %[w], ror #8\n"
      "sxtb16 %[w], %[w]\n"
      "sxtb16 %[odd_x], %[x], ror #8\n"
      "sxtb16 %[x], %[x]\n"
      "smlabb %[a], %[x], %[w], %[a]\n"
      "smlatt %[c], %[x], %[w], %[c]\n"
      "smlabb %[b], %[odd_x], %[odd_w], %[b]\n"
      "smlatt %[d], %[odd_x], %[odd_w], %[d]\n"
      "cmp %[in], %[end]\n"
      "bne 1b\n"
      : [a] "+r"(a), [b] "+r"(b), [c] "+r"(c), [d] "+r"(d), [in] "+r"(in), [weights] "+r"(weights),
        [x] "=&r"(x), [w] "=&r"(w), [odd_x] "=&r"(odd_x), [odd_w] "=&r"(odd_w)
      : [first] "r"(first), [end] "r"(end)
      : "cc", "memory");
#else
  for (; in < end; in++, weights += 4) {
    const int8_t* pixel = *in + first;
    a += pixel[0] * weights[0];
    b += pixel[1] * weights[1];
    c += pixel[2] * weights[2];
    d += pixel[3] * weights[3];
  }
#endif
  sums.of[0] = a;
  sums.of[1] = b;
  sums.of[2] = c;
  sums.of[3] = d;
  return sums;
}

/* Writes the outputs of channel c and the three after it, `step` bytes apart. */
static inline void dew_sums_end(dew_sums sums, const dew_scale* scale, int32_t c, int8_t* out, int32_t step) {
  int32_t i;
  for (i = 0; i < 4; i++) out[i * step] = dew_finish_channel(scale, c + i, sums.of[i]);
}

#endif

#endif
