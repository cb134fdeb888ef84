/* dew_depthwise_helium: dew_planar's row on cores with Helium, four pixels of a channel at a time. Lanes
 * beyond the row's end are masked, so any width works. */
#ifndef DEW_DEPTHWISE_HELIUM_H
#define DEW_DEPTHWISE_HELIUM_H

#include "dew_helium_end.h"
#include "dew_planar.h"

#if DEW_MVE

/* Read by the assembly at offsets 0, 4, 8, ... */
typedef struct dew_nine {
  const int8_t *row0, *row1, *row2;
  int8_t* out;
  const int8_t* weights;
  const int32_t* pairs; /* biases and multipliers */
  int32_t width;        /* outputs per channel */
  int32_t channels;     /* that have not been computed yet */
  int32_t next;         /* from where one channel's inputs end to where the next one's begin */
  int32_t zero_point;
  int32_t places[4]; /* offsets of four outputs; the second is the distance from one to the next */
#if DEW_ANY_SHIFTS
  const int8_t* shift; /* of the current channel; null if no channel has one */
#endif
} dew_nine;

/* r4-r6 the three rows (they must be low registers), r0-r3 and r8-r12 the nine weights, r7 the outputs; q0
 * sums, q2 every other column, q3 the outputs' advance, q4 biases, q5 multipliers, q6 offsets of outputs, q7
 * zero points. r7 may be the frame pointer, so it is saved here; the compiler has no other register to offer.
 */
#define DEW_NINE_BEGIN(ROOM, self, SHIFT) \
  "push {r0, r7}\n"                       \
  "ldrd r6, r7, [r0, #8]\n"               \
  "ldrd r4, r5, [r0]\n"                   \
  "ldrd r9, r8, [r0, #32]\n"              \
  "ldr r3, [r0, #44]\n"                   \
  "vdup.32 q7, r8\n"                      \
  "lsl r8, r3, #2\n"                      \
  "vdup.32 q3, r8\n"                      \
  "sub r4, r4, r9\n"                      \
  "sub r5, r5, r9\n"                      \
  "sub r6, r6, r9\n" ROOM                 \
  "0:\n"                                  \
  "ldr r0, [sp" self                      \
  "]\n"                                   \
  "vldrw.32 q6, [r0, #40]\n"              \
  "ldrd r12, r3, [r0, #16]\n"             \
  "ldrd lr, r1, [r0, #24]\n"              \
  "ldrd r9, r2, [r3], #8\n"               \
  "vdup.32 q4, r9\n"                      \
  "vdup.32 q5, r2\n"                      \
  "add r8, r12, #9\n"                     \
  "strd r8, r3, [r0, #16]\n"              \
  "subs r1, r1, #1\n"                     \
  "ldr r9, [r0, #32]\n"                   \
  "str r1, [r0, #28]\n" SHIFT             \
  "add r4, r4, r9\n"                      \
  "add r5, r5, r9\n"                      \
  "add r6, r6, r9\n"                      \
  "ldrsb r0, [r12]\n"                     \
  "ldrsb r1, [r12, #1]\n"                 \
  "ldrsb r2, [r12, #2]\n"                 \
  "ldrsb r3, [r12, #3]\n"                 \
  "ldrsb r8, [r12, #4]\n"                 \
  "ldrsb r9, [r12, #5]\n"                 \
  "ldrsb r10, [r12, #6]\n"                \
  "ldrsb r11, [r12, #7]\n"                \
  "ldrsb r12, [r12, #8]\n"                \
  "dlstp.32 lr, lr\n"                     \
  "1:\n"                                  \
  "vmov q0, q4\n"

#define DEW_NINE_END(ENDS, ROOM) \
  ENDS "vadd.i32 q0, q0, q7\n"   \
       "vqmovnb.s32 q0, q0\n"    \
       "vqmovnb.s16 q0, q0\n"    \
       "vstrb.32 q0, [r7, q6]\n" \
       "vadd.i32 q6, q6, q3\n"   \
       "letp lr, 1b\n"           \
       "add r7, r7, #1\n"        \
       "bne 0b\n" ROOM "pop {r0, r7}\n"

/* What the rounding needs: nothing, or a channel's shift in all lanes, on the stack for want of registers:
 * to the left, and then to the right. */
#define DEW_NINE_PLAIN "vrmulh.s32 q0, q0, q5\n"
#define DEW_NINE_ROOM "sub sp, sp, #32\n"
#define DEW_NINE_ROOM_END "add sp, sp, #32\n"
#define DEW_NINE_SHIFT   \
  "ldr r2, [r0, #56]\n"  \
  "ldrsb r1, [r2], #1\n" \
  "str r2, [r0, #56]\n"
#define DEW_NINE_SAVE_LEFT \
  "usat r2, #5, r1\n"      \
  "vdup.32 q2, r2\n"       \
  "vstrw.32 q2, [sp]\n"
#define DEW_NINE_SAVE_RIGHT   \
  "and r1, r1, r1, asr #31\n" \
  "vdup.32 q2, r1\n"          \
  "vstrw.32 q2, [sp, #16]\n"
#define DEW_NINE_RAISE "vldrw.32 q2, [sp]\n" DEW_LANES_LEFT("q2")
#define DEW_NINE_LEFT DEW_NINE_RAISE DEW_NINE_PLAIN
#if DEW_SHIFTS
#define DEW_NINE_SHIFTS DEW_NINE_SHIFT DEW_NINE_SAVE_LEFT DEW_NINE_SAVE_RIGHT
#define DEW_NINE_SOME_LEFT DEW_NINE_RAISE
#else
#define DEW_NINE_SHIFTS DEW_NINE_SHIFT DEW_NINE_SAVE_RIGHT
#define DEW_NINE_SOME_LEFT ""
#endif
#define DEW_NINE_TFLITE \
  DEW_NINE_SOME_LEFT "vldrw.32 q2, [sp, #16]\n" DEW_LANES_HIGH("q5", "q2", "q1") DEW_LANES_RIGHT("q2")

/* Three taps of a row on four neighbouring pixels ... */
#define DEW_NINE_ROW(row, first, second, third) \
  "vldrb.s32 q1, [" row                         \
  ", #1]\n"                                     \
  "vmla.s32 q0, q1, " second                    \
  "\n"                                          \
  "vldrb.s32 q1, [" row                         \
  ", #2]\n"                                     \
  "vmla.s32 q0, q1, " third                     \
  "\n"                                          \
  "vldrb.s32 q1, [" row                         \
  "], #4\n"                                     \
  "vmla.s32 q0, q1, " first "\n"

/* ... or on every other pixel: the lower and upper halves of pairs. */
#define DEW_NINE_ROW_OF_TWO(row, first, second, third) \
  "vldrb.s16 q1, [" row                                \
  ", #2]\n"                                            \
  "vmovlb.s16 q1, q1\n"                                \
  "vmla.s32 q0, q1, " third                            \
  "\n"                                                 \
  "vldrb.s16 q1, [" row                                \
  "], #8\n"                                            \
  "vmovlb.s16 q2, q1\n"                                \
  "vmovlt.s16 q1, q1\n"                                \
  "vmla.s32 q0, q2, " first                            \
  "\n"                                                 \
  "vmla.s32 q0, q1, " second "\n"

#define DEW_NINE_CLOBBERS                                                                                  \
  "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "q0", "q1", "q2", "q3", "q4", \
      "q5", "q6", "q7", "cc", "memory"

#define DEW_NINE_ROWS(ROW)    \
  ROW("r4", "r0", "r1", "r2") \
  ROW("r5", "r3", "r8", "r9") \
  ROW("r6", "r10", "r11", "r12")

/* <name>_by_one and <name>_by_two: all channels of a row, by their stride. */
#define DEW_NINE_ONE(name, ROOM, self, SHIFT, ROW, ENDS, ROOM_END)                                     \
  static void name(dew_nine* nine) {                                                                   \
    register dew_nine* work __asm__("r0") = nine;                                                      \
    __asm__ volatile(DEW_NINE_BEGIN(ROOM, self, SHIFT) DEW_NINE_ROWS(ROW) DEW_NINE_END(ENDS, ROOM_END) \
                     : "+r"(work)                                                                      \
                     :                                                                                 \
                     : DEW_NINE_CLOBBERS);                                                             \
  }
#define DEW_NINE(name, ROOM, self, SHIFT, ENDS, ROOM_END)                      \
  DEW_NINE_ONE(name##_by_one, ROOM, self, SHIFT, DEW_NINE_ROW, ENDS, ROOM_END) \
  DEW_NINE_ONE(name##_by_two, ROOM, self, SHIFT, DEW_NINE_ROW_OF_TWO, ENDS, ROOM_END)

#if DEW_ROUNDING_TFLITE
DEW_NINE(dew_nine, DEW_NINE_ROOM, ", #32", DEW_NINE_SHIFTS, DEW_NINE_TFLITE, DEW_NINE_ROOM_END)
#else
DEW_NINE(dew_nine, "", "", "", DEW_NINE_PLAIN, "")
#if DEW_SHIFTS
DEW_NINE(dew_nine_left, DEW_NINE_ROOM, ", #32", DEW_NINE_SHIFT DEW_NINE_SAVE_LEFT, DEW_NINE_LEFT,
         DEW_NINE_ROOM_END)
#endif
#endif

/* `channels` channels, whose shifts the asked-for code handles. */
static void dew_nine_run(dew_nine* nine, int32_t stride) {
  if (stride == 1) {
    dew_nine_by_one(nine);
  } else {
    dew_nine_by_two(nine);
  }
}

#if DEW_SHIFTS && !DEW_ROUNDING_TFLITE
/* Channels with shifts and channels without in turn, since shifts cost. */
static void dew_nine_runs(dew_nine* nine, int32_t stride, int32_t pitch) {
  int32_t left = nine->channels, count;
  const int8_t* shift = nine->shift;
  for (; left > 0; left -= count, shift += count) {
    count = -*shift;
    if (count > 0) {
      nine->channels = count;
      dew_nine_run(nine, stride);
    } else {
      for (count = 1; count < left && shift[count] > 0;) count++;
      nine->channels = count;
      nine->shift = shift;
      if (stride == 1) {
        dew_nine_left_by_one(nine);
      } else {
        dew_nine_left_by_two(nine);
      }
    }
    nine->row0 += count * pitch;
    nine->row1 += count * pitch;
    nine->row2 += count * pitch;
    nine->out += count;
  }
}
#endif

static void dew_depthwise_helium_row(const void* layer, const dew_row* row) {
  const dew_depthwise_planar* conv = (const dew_depthwise_planar*)layer;
  dew_nine nine;
  int32_t i;
  nine.row0 = row->in[0];
  nine.row1 = row->in[1];
  nine.row2 = row->in[2];
  nine.out = row->out;
  nine.weights = conv->weights;
  nine.pairs = conv->scale.pairs;
  nine.width = conv->out_width;
  nine.channels = conv->channels;
  nine.next = conv->pitch - ((conv->out_width + 3) & ~3) * conv->stride;
  nine.zero_point = conv->scale.zero_point;
  for (i = 0; i < 4; i++) nine.places[i] = i * conv->channels;
#if DEW_ANY_SHIFTS
  nine.shift = conv->scale.shift;
#endif
#if DEW_SHIFTS && !DEW_ROUNDING_TFLITE
  if (nine.shift) {
    dew_nine_runs(&nine, conv->stride, conv->pitch);
  } else
#endif
  {
    dew_nine_run(&nine, conv->stride);
  }
  dew_paired_clamp(&conv->scale, row->out, (uint32_t)conv->channels * conv->out_width);
}

#else

static void dew_depthwise_helium_row(const void* layer, const dew_row* row) {
  dew_planar_row(layer, row);
}

#endif

#endif
