/* dew_twin_arm: dew_twin's tiles, in assembly for Armv7-M and Armv6-M. Other cores, and TensorFlow Lite's
 * rounding on Armv6-M, have dew_twin's C. */
#ifndef DEW_TWIN_ARM_H
#define DEW_TWIN_ARM_H

#include "dew_paired.h"

#define DEW_TWIN_LIFT 32512U

/* Assembly, because compilers spill the sums: on Armv6-M they avoid the high registers, on Armv7-M they run
 * out of registers. */
#if defined(__GNUC__)
#if defined(__ARM_ARCH_7M__) || defined(__ARM_ARCH_7EM__) || defined(__ARM_ARCH_8M_MAIN__)
#define DEW_TWIN_ARM 7
#elif (defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__)) && !DEW_ROUNDING_TFLITE
#define DEW_TWIN_ARM 6
#endif
#endif
#ifndef DEW_TWIN_ARM
#define DEW_TWIN_ARM 0
#endif

/* Read by the assembly at offsets 0, 4, 8, ...: every member is a word there. */
typedef struct dew_twins {
  const uint32_t *words, *words_end; /* of the pixels, two of each twin in turn */
  const int32_t* pairs;              /* bias and multiplier of the current channel */
  int8_t* out;
  const int32_t* end; /* after the last channel's pair */
  int32_t step;       /* distance from one channel's output to the next */
  int32_t zero_point;
  int32_t at[3]; /* offsets of the other pixels' outputs from the first one's */
  const int8_t* weights;
  uint32_t start; /* undoes the lifts */
#if DEW_ANY_SHIFTS
  const int8_t* shift; /* of the current channel; null if no channel has one */
#endif
} dew_twins;

#if DEW_TWIN_ARM == 7

/* r0 and r1: low and high of the first twin; r2 and r3: of the second, or r2 the third pixel; r12 words, r10
 * their end, lr weights, r11 the lift. r7 may be the frame pointer, so it is saved here. */
#define DEW_TWIN_FIRST                                                                        \
  "ldrsb r7, [lr], #1\nldrsb r9, [lr], #1\nldm r12!, {r4, r5, r6, r8}\nmla r4, r4, r7, r11\n" \
  "mla r4, r5, r9, r4\nadd r0, r0, r4\nadd r1, r1, r4, asr #16\n"
#define DEW_TWIN_SECOND "mla r6, r6, r7, r11\nmla r6, r8, r9, r6\nadd r2, r2, r6\nadd r3, r3, r6, asr #16\n"
#define DEW_TWIN_ALONE "mla r2, r6, r7, r2\nmla r2, r8, r9, r2\n"
#define DEW_TWIN_BEGIN                                                                          \
  "push {r0, r7}\nmov r12, r0\nldr lr, [r12, #40]\n0:\nldr r4, [r12, #8]\nldr r5, [r12, #44]\n" \
  "ldr r1, [r4]\nadd r0, r1, r1, lsl #16\nadd r0, r0, r5\nmov r11, #32512\nldrd r12, r10, [r12]\n"
#define DEW_TWIN_LOOP(two) "1:\n" two two "cmp r12, r10\nbne 1b\n"
/* r4 pairs, r5 out, r6 multiplier, r9 step, r10 zero point; r8 and r11 offsets of outputs. */
#define DEW_TWIN_END(acc) \
  "smull r7, " acc ", " acc ", r6\nadds r7, r7, r7\nadc " acc ", " acc ", r10\nssat " acc ", #8, " acc "\n"
/* Only the code for Armv6-M moves on to the next shift there. */
#define DEW_TWIN_MORE ""
#define DEW_TWIN_ALL3(END) END("r0") END("r1") END("r2")
#define DEW_TWIN_ALL4(END) DEW_TWIN_ALL3(END) END("r3")

/* What follows the sums, by rounding. Shifted sums outside 20 bits saturate the output in any case. */
#define DEW_TWIN_NEXT_SHIFT "ldr r7, [r12, #48]\nldrsb r9, [r7], #1\nstr r7, [r12, #48]\n"
#define DEW_TWIN_RAISE(acc) "ssat " acc ", #20, " acc "\nlsl " acc ", " acc ", r9\n"
#define DEW_TWIN_PLAIN(ALL) "ldrd r9, r10, [r12, #20]\n" ALL(DEW_TWIN_END)
#define DEW_TWIN_LEFT(ALL) \
  DEW_TWIN_NEXT_SHIFT "cmp r9, #0\nbeq 3f\n" ALL(DEW_TWIN_RAISE) "3:\n" DEW_TWIN_PLAIN(ALL)
/* TensorFlow Lite's first rounding, the doubled high half, and its division by 2^(q + 1), where q is in r9:
 * negative values are lowered by one, since their ties go away from zero. */
#define DEW_TWIN_HIGH(acc)                                                      \
  "smull r7, " acc ", " acc ", r6\nadds r7, r7, r7\nadc " acc ", " acc ", " acc \
  "\nadds r7, r7, r7\n"                                                         \
  "adc " acc ", " acc ", #0\n"
#define DEW_TWIN_LOW(acc)                                                               \
  "add " acc ", " acc ", " acc ", asr #31\nasr " acc ", " acc ", r9\nadd " acc ", " acc \
  ", r10\n"                                                                             \
  "ssat " acc ", #8, " acc ", asr #1\n"
#define DEW_TWIN_HERE(acc) "add " acc ", " acc ", r10\nssat " acc ", #8, " acc "\n"
#define DEW_TWIN_TFLITE(ALL)                                                                 \
  DEW_TWIN_NEXT_SHIFT                                                                        \
  "ldr r10, [r12, #24]\ncmp r9, #0\nbge 3f\nmvn r9, r9\nlsl r10, r10, #1\n"                  \
  "add r10, r10, #1\n" ALL(DEW_TWIN_HIGH) ALL(DEW_TWIN_LOW) "b 4f\n3:\n" ALL(DEW_TWIN_RAISE) \
      ALL(DEW_TWIN_HIGH) ALL(DEW_TWIN_HERE) "4:\nldr r9, [r12, #20]\n"

#define DEW_TWIN_ENDS(ENDS, ALL) \
  "ldr r12, [sp]\nsub r0, r0, r1, lsl #16\nldrd r4, r5, [r12, #8]\n"                             \
  "ldr r6, [r4, #4]\n" ENDS(ALL) "ldrd r8, r11, [r12, #28]\n"                                   \
  "strb r0, [r5]\nstrb r1, [r5, r8]\nstrb r2, [r5, r11]\n"
#define DEW_TWIN_NEXT                                                                                \
  "ldr r7, [r12, #16]\nadd r4, r4, #8\nadd r5, r5, r9\nstrd r4, r5, [r12, #8]\ncmp r4, r7\nbne 0b\n" \
  "pop {r0, r7}\n"

#define DEW_TWIN_THREE(ENDS, MORE)                                           \
  DEW_TWIN_BEGIN "mov r2, r1\n" DEW_TWIN_LOOP(DEW_TWIN_FIRST DEW_TWIN_ALONE) \
      DEW_TWIN_ENDS(ENDS, DEW_TWIN_ALL3) DEW_TWIN_NEXT
#define DEW_TWIN_FOUR(ENDS, MORE) \
  DEW_TWIN_BEGIN "mov r2, r0\nmov r3, r1\n" DEW_TWIN_LOOP(DEW_TWIN_FIRST DEW_TWIN_SECOND)    \
  "sub r2, r2, r3, lsl #16\n" DEW_TWIN_ENDS(ENDS, DEW_TWIN_ALL4)                             \
  "ldr r8, [r12, #36]\nstrb r3, [r5, r8]\n" DEW_TWIN_NEXT

#elif DEW_TWIN_ARM == 6

/* r8 and r9: low and high of the first twin; r10 and r11: of the second, or r10 the third pixel; r0 words, lr
 * their end, r1 weights, r12 the lift. */
#define DEW_TWIN_WEIGHTS "ldrsb r6, [r1, r2]\nldrsb r7, [r1, r3]\nadds r1, #2\n"
#define DEW_TWIN_PRODUCT "ldm r0!, {r4, r5}\nmuls r4, r6, r4\nmuls r5, r7, r5\nadds r4, r4, r5\n"
#define DEW_TWIN_ADD(low, high) "add r4, r12\nasrs r5, r4, #16\nadd " low ", r4\nadd " high ", r5\n"
#define DEW_TWIN_FIRST DEW_TWIN_WEIGHTS DEW_TWIN_PRODUCT DEW_TWIN_ADD("r8", "r9")
#define DEW_TWIN_SECOND DEW_TWIN_PRODUCT DEW_TWIN_ADD("r10", "r11")
#define DEW_TWIN_ALONE DEW_TWIN_PRODUCT "add r10, r4\n"
#define DEW_TWIN_BEGIN                                                                                  \
  ".syntax unified\npush {r0, r7}\nldr r1, [r0, #40]\n0:\nmovs r2, #0\nmovs r3, #1\nldr r4, [r0, #8]\n" \
  "ldr r5, [r4]\nldr r6, [r0, #44]\nmov r9, r5\nlsls r7, r5, #16\nadds r7, r7, r5\nadds r7, r7, r6\n"   \
  "mov r8, r7\nmovs r4, #127\nlsls r4, r4, #8\nmov r12, r4\nldr r4, [r0, #4]\nmov lr, r4\nldr r0, [r0]\n"
#define DEW_TWIN_LOOP(two) "1:\n" two two "cmp r0, lr\nbne 1b\n"
/* The sum in r4 becomes an int8: the high word of a product computed from halves, its rounding taken from the
 * carry. r1 and r2 hold the halves of the multiplier, r12 the zero point. */
#define DEW_TWIN_END                                                                                    \
  "asrs r5, r4, #16\nuxth r4, r4\nmovs r6, r4\nmuls r6, r1, r6\nlsrs r6, r6, #16\nmovs r7, r5\n"        \
  "muls r7, r1, r7\nadds r6, r6, r7\nmuls r4, r2, r4\nuxth r7, r6\nadds r4, r4, r7\nasrs r6, r6, #16\n" \
  "muls r5, r2, r5\nadds r5, r5, r6\nlsrs r4, r4, #16\nadcs r5, r5, r4\nadd r5, r12\nsxtb r4, r5\n"     \
  "cmp r4, r5\nbeq 2f\nasrs r4, r5, #31\nmovs r5, #127\neors r4, r4, r5\n2:\n"
/* Before that, a sum in r4 is shifted to the left. One outside 20 bits saturates the output in any case. */
#define DEW_TWIN_PLAIN ""
#define DEW_TWIN_LEFT                                                                          \
  "ldr r5, [r0, #48]\nldrb r5, [r5]\ncmp r5, #0\nbeq 4f\nasrs r6, r4, #31\nasrs r7, r4, #19\n" \
  "cmp r6, r7\nbeq 5f\nmovs r4, #1\nlsls r4, r4, #19\nsubs r4, #1\neors r4, r6\n5:\nlsls r4, r5\n4:\n"
#define DEW_TWIN_LOW(low, high) "mov r5, " high "\nlsls r5, r5, #16\nmov r4, " low "\nsubs r4, r4, r5\n"
#define DEW_TWIN_STORE(at) "ldr r5, [r0, #" at "]\nstrb r4, [r3, r5]\n"
/* r0 the tile, r3 out; lr keeps the weights. */
#define DEW_TWIN_ENDS(RAISE)                                                                        \
  "ldr r0, [sp]\nmov lr, r1\nldr r4, [r0, #24]\nmov r12, r4\nldr r3, [r0, #8]\nldrh r1, [r3, #4]\n" \
  "ldrh r2, [r3, #6]\nldr r3, [r0, #12]\n" DEW_TWIN_LOW("r8", "r9") RAISE DEW_TWIN_END              \
      "strb r4, [r3]\nmov r4, r9\n" RAISE DEW_TWIN_END DEW_TWIN_STORE("28")
#define DEW_TWIN_MORE "ldr r4, [r0, #48]\nadds r4, #1\nstr r4, [r0, #48]\n"
#define DEW_TWIN_NEXT(MORE)                                                  \
  "mov r1, lr\nldr r4, [r0, #20]\nadds r3, r3, r4\nstr r3, [r0, #12]\n" MORE \
  "ldr r4, [r0, #8]\nadds r4, #8\n"                                          \
  "str r4, [r0, #8]\nldr r5, [r0, #16]\ncmp r4, r5\nbeq 3f\nb 0b\n3:\npop {r0, r7}\n"

#define DEW_TWIN_THREE(RAISE, MORE)                                           \
  DEW_TWIN_BEGIN "mov r10, r5\n" DEW_TWIN_LOOP(DEW_TWIN_FIRST DEW_TWIN_ALONE) \
      DEW_TWIN_ENDS(RAISE) "mov r4, r10\n" RAISE DEW_TWIN_END DEW_TWIN_STORE("32") DEW_TWIN_NEXT(MORE)
#define DEW_TWIN_FOUR(RAISE, MORE)                                                                        \
  DEW_TWIN_BEGIN "mov r10, r7\nmov r11, r5\n" DEW_TWIN_LOOP(DEW_TWIN_FIRST DEW_TWIN_SECOND)               \
      DEW_TWIN_ENDS(RAISE) DEW_TWIN_LOW("r10", "r11")                                                     \
          RAISE DEW_TWIN_END DEW_TWIN_STORE("32") "mov r4, r11\n" RAISE DEW_TWIN_END DEW_TWIN_STORE("36") \
              DEW_TWIN_NEXT(MORE)

#endif

#if DEW_TWIN_ARM

/* <name>3 and <name>4: all channels of a tile of three or four pixels. */
#define DEW_TWIN_TILES(name, ENDS, MORE)                                             \
  static void name##3(dew_twins * tile) {                                            \
    register dew_twins* work __asm__("r0") = tile;                                   \
    __asm__ volatile(DEW_TWIN_THREE(ENDS, MORE) : "+r"(work) : : DEW_TWIN_CLOBBERS); \
  }                                                                                  \
  static void name##4(dew_twins * tile) {                                            \
    register dew_twins* work __asm__("r0") = tile;                                   \
    __asm__ volatile(DEW_TWIN_FOUR(ENDS, MORE) : "+r"(work) : : DEW_TWIN_CLOBBERS);  \
  }
#define DEW_TWIN_CLOBBERS \
  "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory"

#if DEW_ROUNDING_TFLITE
DEW_TWIN_TILES(dew_twin_run, DEW_TWIN_TFLITE, "")
#else
DEW_TWIN_TILES(dew_twin_run, DEW_TWIN_PLAIN, "")
#if DEW_SHIFTS
DEW_TWIN_TILES(dew_twin_left, DEW_TWIN_LEFT, DEW_TWIN_MORE)
#endif
#endif

static void dew_twin_run(dew_twins* tile, const int8_t* shifts, int32_t pixels) {
#if DEW_SHIFTS && !DEW_ROUNDING_TFLITE
  if (shifts) {
    if (pixels == 3) {
      dew_twin_left3(tile);
    } else {
      dew_twin_left4(tile);
    }
    return;
  }
#endif
  (void)shifts;
  if (pixels == 3) {
    dew_twin_run3(tile);
  } else {
    dew_twin_run4(tile);
  }
}

#endif

#endif
