/* dew_dsp: products of 16-bit pairs, for cores with the DSP extension (Armv7E-M, Armv8-M).
 *
 * Pixels are widened once into 16 bits, in blocks of four channels stored 0 2 1 3, which is how SXTB16
 * unpacks a word: weights then need two instructions a word and no shuffle. Elsewhere the same sums are plain
 * C. */
#ifndef DEW_DSP_H
#define DEW_DSP_H

#include "dew_types.h"

#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
#define DEW_DSP 1
#else
#define DEW_DSP 0
#endif

/* `blocks` of four bytes, each to `to` and then `step` 16-bit values further. */
static inline void dew_widen(const int8_t* from, int16_t* to, int32_t blocks, int32_t step) {
  for (; blocks > 0; blocks--, from += 4, to += step) {
#if DEW_DSP
    uint32_t word, even, odd;
    memcpy(&word, from, 4);
    __asm__("sxtb16 %0, %1" : "=r"(even) : "r"(word));
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(odd) : "r"(word));
    ((uint32_t*)(void*)to)[0] = even;
    ((uint32_t*)(void*)to)[1] = odd;
#else
    to[0] = from[0];
    to[1] = from[2];
    to[2] = from[1];
    to[3] = from[3];
#endif
  }
}

#if DEW_DSP
/* Three pixels by one channel, four products each: ten instructions. r7 may be the frame pointer, so it is
 * saved here and not given to the compiler. */
#define DEW_BLOCK3                       \
  "ldm r3!, {r4, r5, r6, r8, r9, r10}\n" \
  "ldr r7, [r12], #4\n"                  \
  "sxtb16 r11, r7\n"                     \
  "sxtb16 r7, r7, ror #8\n"              \
  "smlad r0, r4, r11, r0\n"              \
  "smlad r1, r6, r11, r1\n"              \
  "smlad r2, r9, r11, r2\n"              \
  "smlad r0, r5, r7, r0\n"               \
  "smlad r1, r8, r7, r1\n"               \
  "smlad r2, r10, r7, r2\n"

/* Four pixels: thirteen instructions for sixteen products. */
#define DEW_BLOCK4               \
  "ldm r12!, {r4, r5, r6, r8}\n" \
  "ldr r7, [lr], #4\n"           \
  "sxtb16 r9, r7\n"              \
  "sxtb16 r7, r7, ror #8\n"      \
  "smlad r0, r4, r9, r0\n"       \
  "smlad r0, r5, r7, r0\n"       \
  "smlad r1, r6, r9, r1\n"       \
  "smlad r1, r8, r7, r1\n"       \
  "ldm r12!, {r4, r5, r6, r8}\n" \
  "smlad r2, r4, r9, r2\n"       \
  "smlad r2, r5, r7, r2\n"       \
  "smlad r3, r6, r9, r3\n"       \
  "smlad r3, r8, r7, r3\n"

/* An odd block first, then two at a time. */
#define DEW_BLOCKS(block, count)   \
  "push {r7}\n"                    \
  "tst " count                     \
  ", #1\n"                         \
  "beq 1f\n" block "subs " count   \
  ", #1\n"                         \
  "beq 2f\n"                       \
  "1:\n" block block "subs " count \
  ", #2\n"                         \
  "bne 1b\n"                       \
  "2:\n"                           \
  "pop {r7}\n"
#endif

/* acc[i] += pixel i of `wide` times the weights, over at least one block. Returns the weights behind. */
static inline const int8_t* dew_dot3(const int16_t* wide, const int8_t* weights, int32_t blocks,
                                     int32_t* acc) {
#if DEW_DSP
  register int32_t a0 __asm__("r0") = acc[0];
  register int32_t a1 __asm__("r1") = acc[1];
  register int32_t a2 __asm__("r2") = acc[2];
  register const int16_t* x __asm__("r3") = wide;
  register const int8_t* w __asm__("r12") = weights;
  register int32_t n __asm__("lr") = blocks;
  __asm__ volatile(DEW_BLOCKS(DEW_BLOCK3, "lr")
                   : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(x), "+r"(w), "+r"(n)
                   :
                   : "r4", "r5", "r6", "r8", "r9", "r10", "r11", "cc", "memory");
  acc[0] = a0;
  acc[1] = a1;
  acc[2] = a2;
  return w;
#else
  int32_t i;
  for (; blocks > 0; blocks--, weights += 4) {
    for (i = 0; i < 3; i++, wide += 4) {
      acc[i] += wide[0] * weights[0] + wide[1] * weights[2] + wide[2] * weights[1] + wide[3] * weights[3];
    }
  }
  return weights;
#endif
}

static inline const int8_t* dew_dot4(const int16_t* wide, const int8_t* weights, int32_t blocks,
                                     int32_t* acc) {
#if DEW_DSP
  register int32_t a0 __asm__("r0") = acc[0];
  register int32_t a1 __asm__("r1") = acc[1];
  register int32_t a2 __asm__("r2") = acc[2];
  register int32_t a3 __asm__("r3") = acc[3];
  register const int16_t* x __asm__("r12") = wide;
  register const int8_t* w __asm__("lr") = weights;
  register int32_t n __asm__("r11") = blocks;
  __asm__ volatile(DEW_BLOCKS(DEW_BLOCK4, "r11")
                   : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(x), "+r"(w), "+r"(n)
                   :
                   : "r4", "r5", "r6", "r8", "r9", "cc", "memory");
  acc[0] = a0;
  acc[1] = a1;
  acc[2] = a2;
  acc[3] = a3;
  return w;
#else
  int32_t i;
  for (; blocks > 0; blocks--, weights += 4) {
    for (i = 0; i < 4; i++, wide += 4) {
      acc[i] += wide[0] * weights[0] + wide[1] * weights[2] + wide[2] * weights[1] + wide[3] * weights[3];
    }
  }
  return weights;
#endif
}

#endif
