/* dew_depthwise_planar: dew_planar's row on cores with the DSP extension, and in plain C elsewhere. Reads one
 * byte beyond the last weight and one beyond a row. */
#ifndef DEW_DEPTHWISE_PLANAR_H
#define DEW_DEPTHWISE_PLANAR_H

#include "dew_end.h"
#include "dew_planar.h"

#if DEW_DSP

/* Read by the assembly at offsets 0, 4, 8, ... */
typedef struct dew_slide {
  const int8_t *row0, *row1, *row2;
  int8_t* out;
  int32_t twos; /* pairs of outputs */
  const int8_t* weights;
  int32_t bias, multiplier, zero_point, shift, step;
  int32_t ones; /* outputs after the last pair */
} dew_slide;

/* One input row: the four pixels at `p` become the pairs 0 2 in r2 and 1 3 in r3. */
#define DEW_FOUR_PIXELS(p) \
  "ldr r3, [" p            \
  "], #2\n"                \
  "sxtb16 r2, r3\n"        \
  "sxtb16 r3, r3, ror #8\n"
/* Taps 0 and 2 are one product of pairs; tap 1 is the half word that `half` names. */
#define DEW_TAPS_FIRST(pair, middle, half) \
  "smlad r0, r2, " pair                    \
  ", r0\n"                                 \
  "smlab" half " r0, r3, " middle ", r0\n"
#define DEW_TAPS_SECOND(pair, middle, half) \
  "smlad r1, r3, " pair                     \
  ", r1\n"                                  \
  "smlat" half " r1, r2, " middle ", r1\n"

/* What follows the sums in r0 and r1, or in r0 alone. The stack holds bias, multiplier, zero point, shift,
 * step and the number of single outputs; ENDS leaves the step in r2. */
#define DEW_BOTH(END, ...) END("r0", __VA_ARGS__) END("r1", __VA_ARGS__)
#define DEW_ALONE(END, ...) END("r0", __VA_ARGS__)
#define DEW_SLIDE_PLAIN(EACH) "ldrd r2, r3, [sp, #4]\n" EACH(DEW_END, "r2", "r3") "ldr r2, [sp, #16]\n"
#define DEW_SLIDE_LEFT(EACH) "ldr r2, [sp, #12]\n" EACH(DEW_END_RAISE, "r2") DEW_SLIDE_PLAIN(EACH)
#define DEW_SLIDE_TFLITE_RIGHT(EACH)                                                              \
  "ldr r2, [sp, #4]\n" EACH(DEW_END_HIGH, "r2") "ldrd r2, r3, [sp, #8]\n" EACH(DEW_END_LOW, "r2", \
                                                                               "r3") "ldr r2, [sp, #16]\n"
#define DEW_SLIDE_TFLITE_LEFT(EACH)                                                                  \
  "ldr r2, [sp, #12]\n" EACH(DEW_END_RAISE, "r2") "ldrd r2, r3, [sp, #4]\n" EACH(DEW_END_LEFT, "r2", \
                                                                                 "r3") "ldr r2, [sp, #16]\n"

/* One channel's row: r4, r7, r11 the input rows; r5, r6, r8 their taps 0 and 2; r10 and r9 their taps 1. r7
 * may be the frame pointer, so it is saved here; the compiler has no other register to offer. */
#define DEW_SLIDE(ENDS) \
  "push {r0, r7}\n"                                                                 \
  "sub sp, sp, #24\n"                                                               \
  "add r1, r0, #24\n"                                                               \
  "ldm r1, {r1, r2, r3, r4, r5, r6}\n"                                              \
  "stm sp, {r1, r2, r3, r4, r5, r6}\n"                                              \
  "ldr r2, [r0, #20]\n"                                                             \
  "ldr r1, [r2]\n"                                                                  \
  "ldr r3, [r2, #3]\n"                                                              \
  "ldr r4, [r2, #6]\n"                                                              \
  "sxtb16 r5, r1\n"                                                                 \
  "sxtb16 r1, r1, ror #8\n"                                                         \
  "sxtb16 r6, r3\n"                                                                 \
  "sxtb16 r3, r3, ror #8\n"                                                         \
  "sxtb16 r8, r4\n"                                                                 \
  "sxtb16 r9, r4, ror #8\n"                                                         \
  "pkhbt r10, r1, r3, lsl #16\n"                                                    \
  "ldrd r4, r7, [r0]\n"                                                             \
  "ldrd r11, r12, [r0, #8]\n"                                                       \
  "ldr lr, [r0, #16]\n"                                                             \
  "cmp lr, #0\n"                                                                    \
  "beq 2f\n"                                                                        \
  "1:\n"                                                                            \
  "ldr r0, [sp]\n"                                                                  \
  "mov r1, r0\n"                                                                    \
  DEW_FOUR_PIXELS("r4") DEW_TAPS_FIRST("r5", "r10", "b") DEW_TAPS_SECOND("r5", "r10", "b") \
  DEW_FOUR_PIXELS("r7") DEW_TAPS_FIRST("r6", "r10", "t") DEW_TAPS_SECOND("r6", "r10", "t") \
  DEW_FOUR_PIXELS("r11") DEW_TAPS_FIRST("r8", "r9", "b") DEW_TAPS_SECOND("r8", "r9", "b")  \
  ENDS(DEW_BOTH)                                                                    \
  "strb r0, [r12]\n"                                                                \
  "strb r1, [r12, r2]\n"                                                            \
  "add r12, r12, r2, lsl #1\n"                                                      \
  "subs lr, #1\n"                                                                   \
  "bne 1b\n"                                                                        \
  "2:\n"                                                                            \
  "ldr lr, [sp, #20]\n"                                                             \
  "cmp lr, #0\n"                                                                    \
  "beq 4f\n"                                                                        \
  "3:\n"                                                                            \
  "ldr r0, [sp]\n"                                                                  \
  DEW_FOUR_PIXELS("r4") DEW_TAPS_FIRST("r5", "r10", "b")                             \
  DEW_FOUR_PIXELS("r7") DEW_TAPS_FIRST("r6", "r10", "t")                             \
  DEW_FOUR_PIXELS("r11") DEW_TAPS_FIRST("r8", "r9", "b")                             \
  ENDS(DEW_ALONE)                                                                   \
  "strb r0, [r12]\n"                                                                \
  "add r12, r12, r2\n"                                                              \
  "subs lr, #1\n"                                                                   \
  "bne 3b\n"                                                                        \
  "4:\n"                                                                            \
  "add sp, sp, #24\n"                                                               \
  "pop {r0, r7}\n"

#define DEW_SLIDE_CHANNEL(name, ENDS)                                                                   \
  static void name(dew_slide* slide) {                                                                  \
    register dew_slide* work __asm__("r0") = slide;                                                     \
    __asm__ volatile(DEW_SLIDE(ENDS)                                                                    \
                     : "+r"(work)                                                                       \
                     :                                                                                  \
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", \
                       "memory");                                                                       \
  }

#if DEW_ROUNDING_TFLITE

DEW_SLIDE_CHANNEL(dew_slide_right, DEW_SLIDE_TFLITE_RIGHT)
DEW_SLIDE_CHANNEL(dew_slide_left, DEW_SLIDE_TFLITE_LEFT)

static void dew_slide_channel(dew_slide* slide, int32_t shift) {
  slide->multiplier = (int32_t)(2 * (uint32_t)slide->multiplier);
  slide->shift = shift < 0 ? ~shift : shift;
  if (shift < 0) {
    dew_slide_right(slide);
  } else {
    dew_slide_left(slide);
  }
}

#else

DEW_SLIDE_CHANNEL(dew_slide_plain, DEW_SLIDE_PLAIN)
#if DEW_SHIFTS
DEW_SLIDE_CHANNEL(dew_slide_left, DEW_SLIDE_LEFT)
#endif

static inline void dew_slide_channel(dew_slide* slide, int32_t shift) {
#if DEW_SHIFTS
  if (shift > 0) {
    slide->shift = shift;
    dew_slide_left(slide);
    return;
  }
#endif
  (void)shift;
  dew_slide_plain(slide);
}

#endif

static void dew_depthwise_planar_row(const void* layer, const dew_row* row) {
  const dew_depthwise_planar* conv = (const dew_depthwise_planar*)layer;
  const int32_t *pairs = conv->scale.pairs, *end = pairs + 2 * conv->channels;
  const int8_t *row0 = row->in[0], *row1 = row->in[1], *row2 = row->in[2], *weights = conv->weights;
  int8_t* out = row->out;
  int32_t c = 0;
  dew_slide slide;
  slide.twos = conv->stride == 1 ? conv->out_width / 2 : 0;
  slide.ones = conv->out_width - 2 * slide.twos;
  slide.zero_point = DEW_END_ZERO_POINT(conv->scale.zero_point);
  slide.step = conv->channels;
  for (; pairs < end; pairs += 2) {
    slide.row0 = row0;
    slide.row1 = row1;
    slide.row2 = row2;
    slide.out = out++;
    slide.weights = weights;
    slide.bias = pairs[0];
    slide.multiplier = pairs[1];
    dew_slide_channel(&slide, dew_shift_of(conv->scale.shift, c++));
    row0 += conv->pitch;
    row1 += conv->pitch;
    row2 += conv->pitch;
    weights += 9;
  }
  dew_paired_clamp(&conv->scale, row->out, (uint32_t)conv->channels * conv->out_width);
}

#else

static void dew_depthwise_planar_row(const void* layer, const dew_row* row) {
  dew_planar_row(layer, row);
}

#endif

#endif
