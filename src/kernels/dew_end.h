/* dew_end: from sums to int8 on cores with the DSP extension, as pieces of assembly. `acc` becomes its
 * output, saturated to int8; nothing else is written.
 *
 * Left shifts are plain: a sum outside 20 bits that is shifted at all saturates the output whatever its size,
 * and 20 bits shifted by at most 11 fit a word.
 *
 * TensorFlow Lite's rounding: its first step, round(acc * multiplier / 2^31), is SMMLAR with the doubled
 * multiplier taken as a negative number, 2^32 too low, and acc added for that. Its second step, a division
 * by 2^(q + 1) with ties away from zero, lowers negative values by one and rounds ties up; of its q + 1 bits
 * all but one are shifted out first, which leaves room for the zero point in front of the rounding. */
#ifndef DEW_END_H
#define DEW_END_H

#include "dew_dsp.h"

/* The zero point as the ends below want it. */
#if DEW_DSP && DEW_ROUNDING_TFLITE
#define DEW_END_ZERO_POINT(zero_point) (2 * (zero_point) + 1)
#else
#define DEW_END_ZERO_POINT(zero_point) (zero_point)
#endif

#if DEW_DSP

#define DEW_END_RAISE(acc, shift) \
  "ssat " acc ", #20, " acc       \
  "\n"                            \
  "lsl " acc ", " acc ", " shift "\n"

/* Dewdrop's rounding. */
#define DEW_END(acc, multiplier, zero_point)             \
  "smmlar " acc ", " acc ", " multiplier ", " zero_point \
  "\n"                                                   \
  "ssat " acc ", #8, " acc "\n"

/* TensorFlow Lite's, with the doubled multiplier: shifted right by q + 1, or left before (DEW_END_RAISE). */
#define DEW_END_HIGH(acc, multiplier) "smmlar " acc ", " acc ", " multiplier ", " acc "\n"
#define DEW_END_RIGHT(acc, multiplier, zero_point, q) \
  DEW_END_HIGH(acc, multiplier) DEW_END_LOW(acc, zero_point, q)
#define DEW_END_LOW(acc, zero_point, q) \
  "add " acc ", " acc ", " acc          \
  ", asr #31\n"                         \
  "asr " acc ", " acc ", " q            \
  "\n"                                  \
  "add " acc ", " acc ", " zero_point   \
  "\n"                                  \
  "ssat " acc ", #8, " acc ", asr #1\n"
#define DEW_END_LEFT(acc, multiplier, zero_point) \
  DEW_END_HIGH(acc, multiplier)                   \
  "add " acc ", " acc ", " zero_point             \
  ", asr #1\n"                                    \
  "ssat " acc ", #8, " acc "\n"

#endif

#endif
