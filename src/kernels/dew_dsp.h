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
#if DEW_DSP
  for (; blocks > 1; blocks -= 2, from += 8, to += 2 * step) {
    uint32_t first, second, even, odd;
    memcpy(&first, from, 4);
    memcpy(&second, from + 4, 4);
    __asm__("sxtb16 %0, %2\nsxtb16 %1, %2, ror #8" : "=&r"(even), "=r"(odd) : "r"(first));
    ((uint32_t*)(void*)to)[0] = even;
    ((uint32_t*)(void*)to)[1] = odd;
    __asm__("sxtb16 %0, %2\nsxtb16 %1, %2, ror #8" : "=&r"(even), "=r"(odd) : "r"(second));
    ((uint32_t*)(void*)(to + step))[0] = even;
    ((uint32_t*)(void*)(to + step))[1] = odd;
  }
#endif
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

#endif
