/* dew_fours: the loops of dew_helium, in assembly: four channels of one pixel at a time. */
#ifndef DEW_FOURS_H
#define DEW_FOURS_H

#include "dew_helium_end.h"
#include "dew_paired.h"

#if DEW_MVE

/* Read by the assembly at offsets 0, 4, 8, ... */
typedef struct dew_fours {
  const int8_t* in;
  int32_t count; /* inputs per pixel */
  const int8_t* weights;
  const int32_t *ends, *stop; /* biases and multipliers by fours of channels, and their end */
  int8_t* out;
  int32_t zero_point;
  int32_t channel_step; /* distance from one channel's output to the next */
  int32_t rewind;       /* from where a pixel's loop ends to the next channel's weights */
  int32_t pixels, in_step, out_step;
  int32_t places[4]; /* offsets of four channels' outputs from the first one */
#if DEW_ANY_SHIFTS
  const int8_t *shift, *next_shift; /* by fours of channels; null if no channel has one */
#endif
} dew_fours;

/* The sums of four channels, in r0, r2, r4 and r6, become the lanes of q0. */
#define DEW_FOURS_LANES         \
  "vmov q0[2], q0[0], r0, r4\n" \
  "vmov q0[3], q0[1], r2, r6\n"

#define DEW_FOURS_NARROW \
  "vqmovnb.s32 q0, q0\n" \
  "vqmovnb.s16 q0, q0\n"

#define DEW_FOURS_PRODUCT(weights, sum) \
  "vldrb.8 q1, [" weights               \
  "], #16\n"                            \
  "vmladava.s8 " sum ", q0, q1\n"

/* Where channels have shifts, four of them are loaded into q6 for each group. */
#define DEW_FOURS_REWIND "ldr r0, [r12, #64]\nstr r0, [r12, #68]\n"
#define DEW_FOURS_SHIFT "ldr r0, [r12, #68]\nvldrb.s32 q6, [r0], #4\nstr r0, [r12, #68]\n"

/* Sums in q0 and multipliers in q1 become scaled sums. */
#define DEW_FOURS_PLAIN "vrmulh.s32 q0, q0, q1\n"
#define DEW_FOURS_LEFT DEW_FOURS_SHIFT DEW_LANES_LEFT("q6") DEW_FOURS_PLAIN
#define DEW_FOURS_TFLITE \
  DEW_FOURS_SHIFT DEW_LANES_SOME_LEFT("q6") DEW_LANES_HIGH("q1", "q6", "q1") DEW_LANES_SOME_RIGHT("q6")

/* All channels of pixels with any number of inputs: r1 inputs, r3 r5 r8 r9 weights, r7 biases and
 * multipliers, r10 count, r11 outputs; q2 zero points, q3 offsets of outputs, q4 their advance, q5 their
 * start, q6 shifts. r7 may be the frame pointer, so it is saved here; the compiler has no other register to
 * offer. */
#define DEW_FOURS_WIDE(BEGIN, ENDS)                                                                       \
  "push {r0, r7}\n"                                                                                       \
  "mov r12, r0\n"                                                                                         \
  "ldrd r11, r1, [r12, #20]\n"                                                                            \
  "ldr r10, [r12, #4]\n"                                                                                  \
  "ldr r4, [r12, #28]\n"                                                                                  \
  "vdup.32 q2, r1\n"                                                                                      \
  "vldrw.32 q5, [r12, #48]\n"                                                                             \
  "lsl r4, r4, #2\n"                                                                                      \
  "vdup.32 q4, r4\n"                                                                                      \
  "2:\n"                                                                                                  \
  "ldrd r3, r7, [r12, #8]\n"                                                                              \
  "vmov q3, q5\n" BEGIN                                                                                   \
  "add r5, r3, r10\n"                                                                                     \
  "add r8, r5, r10\n"                                                                                     \
  "add r9, r8, r10\n"                                                                                     \
  "0:\n"                                                                                                  \
  "ldr r1, [r12]\n"                                                                                       \
  "ldrd r0, r2, [r7], #8\n"                                                                               \
  "ldrd r4, r6, [r7], #8\n"                                                                               \
  "dlstp.8 lr, r10\n"                                                                                     \
  "1:\n"                                                                                                  \
  "vldrb.8 q0, [r1], #16\n" DEW_FOURS_PRODUCT("r3", "r0") DEW_FOURS_PRODUCT("r5", "r2")                   \
      DEW_FOURS_PRODUCT("r8", "r4") DEW_FOURS_PRODUCT("r9", "r6") "letp lr, 1b\n" DEW_FOURS_LANES         \
                                                                  "vldrw.32 q1, [r7], #16\n"              \
                                                                  "ldr r0, [r12, #32]\n"                  \
                                                                  "add r3, r9, r0\n" ENDS                 \
                                                                  "add r5, r3, r10\n"                     \
                                                                  "vadd.i32 q0, q0, q2\n"                 \
                                                                  "add r8, r5, r10\n"                     \
                                                                  "add r9, r8, r10\n"                     \
                                                                  "ldr r0, [r12, #16]\n" DEW_FOURS_NARROW \
                                                                  "cmp r7, r0\n"                          \
                                                                  "vstrb.32 q0, [r11, q3]\n"              \
                                                                  "vadd.i32 q3, q3, q4\n"                 \
                                                                  "bne 0b\n"                              \
                                                                  "ldr r3, [r12]\n"                       \
                                                                  "ldrd r0, r1, [r12, #36]\n"             \
                                                                  "ldr r2, [r12, #44]\n"                  \
                                                                  "add r3, r3, r1\n"                      \
                                                                  "add r11, r11, r2\n"                    \
                                                                  "subs r0, r0, #1\n"                     \
                                                                  "str r3, [r12]\n"                       \
                                                                  "str r0, [r12, #36]\n"                  \
                                                                  "bne 2b\n"                              \
                                                                  "pop {r0, r7}\n"

/* The weights stay in q4-q7 along the row. */
#define DEW_FOURS_PIXEL(ENDS)                                                             \
  "vmladav.s8 r0, q0, q4\n"                                                               \
  "vmladav.s8 r2, q0, q5\n"                                                               \
  "vmladav.s8 r4, q0, q6\n"                                                               \
  "vmladav.s8 r6, q0, q7\n" DEW_FOURS_LANES ENDS "vadd.i32 q0, q0, r9\n" DEW_FOURS_NARROW \
  "vstrb.32 q0, [r3, q3]\n"

/* What stays along the row besides: biases in q1 and multipliers in q2. With shifts, whose address is in r7,
 * there are too few registers: multipliers or shifts are in q2, and the rest is loaded for each pixel. */
#define DEW_ROW_PLAIN_BEGIN "vldrw.32 q1, [r5]\nvldrw.32 q2, [r5, #16]\n"
#define DEW_ROW_PLAIN "vadd.i32 q0, q0, q1\nvrmulh.s32 q0, q0, q2\n"
#define DEW_ROW_LEFT_BEGIN "ldr r7, [r0, #64]\nvldrw.32 q2, [r5, #16]\n"
#define DEW_ROW_LEFT                                                             \
  "vldrw.32 q1, [r5]\nvadd.i32 q0, q0, q1\nvldrb.s32 q1, [r7]\n" DEW_LANES_LEFT( \
      "q1") "vrmulh.s32 q0, q0, q2\n"
#define DEW_ROW_TFLITE_BEGIN "ldr r7, [r0, #64]\nvldrb.s32 q2, [r7]\n"
#define DEW_ROW_TFLITE                                            \
  "vldrw.32 q1, [r5]\nvadd.i32 q0, q0, q1\n" DEW_LANES_SOME_LEFT( \
      "q2") "vldrw.32 q1, [r5, #16]\n" DEW_LANES_HIGH("q1", "q2", "q1") DEW_LANES_SOME_RIGHT("q2")

/* Shifts of both directions change the mask. */
#if DEW_SHIFTS && DEW_ROUNDING_TFLITE
#define DEW_ROW_MASK(count) "mov r2, #" count "\nvctp.8 r2\n"
#else
#define DEW_ROW_MASK(count)
#endif

/* Four channels of a row of pixels with `count` inputs each: r1 inputs, r3 outputs, r5 biases and
 * multipliers. Weights beyond a channel's last are zero, so a pixel may read into the next one and only the
 * last pixel must be masked. */
#define DEW_FOURS_ROW(count, BEGIN, ENDS) \
  "push {r0, r7}\n"                                \
  "ldrd r1, r2, [r0]\n"                            \
  "ldrd r7, r5, [r0, #8]\n"                        \
  "ldrd r3, r9, [r0, #20]\n"                       \
  "vldrw.32 q3, [r0, #48]\n"                       \
  "ldr lr, [r0, #36]\n"                            \
  "ldr r8, [r0, #44]\n"                            \
  "vctp.8 r2\n"                                    \
  "vpstttt\n"                                      \
  "vldrbt.8 q4, [r7]\n"                            \
  "vldrbt.8 q5, [r7, #" count                      \
  "]\n"                                            \
  "vldrbt.8 q6, [r7, #2 * " count                  \
  "]\n"                                            \
  "vldrbt.8 q7, [r7, #3 * " count                  \
  "]\n" BEGIN                                            \
  "subs lr, lr, #1\n"                              \
  "beq 2f\n"                                       \
  "dls lr, lr\n"                                   \
  "1:\n"                                           \
  "vldrb.8 q0, [r1], #" count "\n" DEW_FOURS_PIXEL(ENDS) \
  "add r3, r3, r8\n"                               \
  "le lr, 1b\n"                                    \
  "2:\n" DEW_ROW_MASK(count)                                           \
  "vpst\n"                                         \
  "vldrbt.8 q0, [r1]\n" DEW_FOURS_PIXEL(ENDS) "pop {r0, r7}\n"
#define DEW_ROW_CLOBBERS                                                                                \
  "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "lr", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", \
      "cc", "memory"
#define DEW_WIDE_CLOBBERS                                                                                  \
  "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "q0", "q1", "q2", "q3", "q4", \
      "q5", "cc", "memory"
#define DEW_WIDE_SHIFT_CLOBBERS "q6", DEW_WIDE_CLOBBERS

/* <name>_wide and <name>_narrow, which is for 8 or 16 inputs. */
#define DEW_FOURS(name, CLOBBERS, WIDE_BEGIN, WIDE, BEGIN, ENDS)                            \
  static void name##_wide(dew_fours* fours) {                                               \
    register dew_fours* work __asm__("r0") = fours;                                         \
    __asm__ volatile(DEW_FOURS_WIDE(WIDE_BEGIN, WIDE) : "+r"(work) : : CLOBBERS);           \
  }                                                                                         \
  static void name##_narrow(const dew_fours* fours) {                                       \
    register const dew_fours* work __asm__("r0") = fours;                                   \
    if (fours->count == 8) {                                                                \
      __asm__ volatile(DEW_FOURS_ROW("8", BEGIN, ENDS) : "+r"(work) : : DEW_ROW_CLOBBERS);  \
    } else {                                                                                \
      __asm__ volatile(DEW_FOURS_ROW("16", BEGIN, ENDS) : "+r"(work) : : DEW_ROW_CLOBBERS); \
    }                                                                                       \
  }

#if DEW_ROUNDING_TFLITE
DEW_FOURS(dew_fours, DEW_WIDE_SHIFT_CLOBBERS, DEW_FOURS_REWIND, DEW_FOURS_TFLITE, DEW_ROW_TFLITE_BEGIN,
          DEW_ROW_TFLITE)
#else
DEW_FOURS(dew_fours, DEW_WIDE_CLOBBERS, "", DEW_FOURS_PLAIN, DEW_ROW_PLAIN_BEGIN, DEW_ROW_PLAIN)
#if DEW_SHIFTS
DEW_FOURS(dew_fours_left, DEW_WIDE_SHIFT_CLOBBERS, DEW_FOURS_REWIND, DEW_FOURS_LEFT, DEW_ROW_LEFT_BEGIN,
          DEW_ROW_LEFT)
#endif
#endif

/* All channels of some pixels, and four channels of a row. */
static inline void dew_fours_pixels(dew_fours* fours) {
#if DEW_SHIFTS && !DEW_ROUNDING_TFLITE
  if (fours->shift) {
    dew_fours_left_wide(fours);
    return;
  }
#endif
  dew_fours_wide(fours);
}

static inline void dew_fours_row(const dew_fours* fours) {
#if DEW_SHIFTS && !DEW_ROUNDING_TFLITE
  if (fours->shift) {
    dew_fours_left_narrow(fours);
    return;
  }
#endif
  dew_fours_narrow(fours);
}

#endif

#endif
