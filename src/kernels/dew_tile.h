/* dew_tile: all channels of three or four pixels: the inner loop of convolutions on cores with the DSP
 * extension.
 *
 * Pixels are widened once to 16 bits, in blocks of four channels stored 0 2 1 3, the order in which SXTB16
 * unpacks a word: weights then take two instructions per word and no shuffle. Accumulators, pixels and
 * weights of a block fill the register file, so the loop is written in assembly: 10 instructions for 12
 * products, 13 for 16. Elsewhere it is plain C. */
#ifndef DEW_TILE_H
#define DEW_TILE_H

#include "dew_end.h"
#include "dew_paired.h"

/* Widens `blocks` blocks of four bytes; each goes `step` 16-bit values after the one before it. */
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

/* Read by the assembly at offsets 0, 4, 8, ...: every member is a word there. */
typedef struct dew_tile {
  const int16_t* wide; /* the pixels as dew_widen stores them, block by block */
  int32_t blocks;
  const int32_t* pairs; /* of the current channel */
  int8_t* out;
  const int32_t* end; /* after the last channel's pair */
  int32_t step;       /* distance from one channel's output to the next */
  int32_t zero_point; /* as DEW_END_ZERO_POINT gives it */
  int32_t at[3];      /* offsets of the other pixels' outputs from the first one's */
  const int8_t* weights;
  const int8_t* shift; /* of the current channel; null if no channel has one */
} dew_tile;

#if DEW_DSP

/* r0-r2 sums, r3 pixels, r12 weights; r7 and r11 hold four weights as pairs. */
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

/* r0-r3 sums, r12 pixels, lr weights; r7 and r9 hold four weights as pairs. */
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

/* The odd block first, then two at a time. */
#define DEW_BLOCKS(block, count)   \
  "tst " count                     \
  ", #1\n"                         \
  "beq 1f\n" block "subs " count   \
  ", #1\n"                         \
  "beq 2f\n"                       \
  "1:\n" block block "subs " count \
  ", #2\n"                         \
  "bne 1b\n"                       \
  "2:\n"

#define DEW_ALL3(END, ...) END("r0", __VA_ARGS__) END("r1", __VA_ARGS__) END("r2", __VA_ARGS__)
#define DEW_ALL4(END, ...) DEW_ALL3(END, __VA_ARGS__) END("r3", __VA_ARGS__)

/* What follows a channel's sums: ALL applies an end of dew_end to each of them. Registers: the tile, the
 * multiplier, the zero point, and two free ones. */
#define DEW_TILE_PLAIN(ALL, tile, multiplier, zero_point, shift, free) ALL(DEW_END, multiplier, zero_point)
#define DEW_TILE_NEXT_SHIFT(tile, shift, at) \
  "ldr " at ", [" tile                       \
  ", #44]\n"                                 \
  "ldrsb " shift ", [" at                    \
  "], #1\n"                                  \
  "str " at ", [" tile ", #44]\n"
#define DEW_TILE_LEFT(ALL, tile, multiplier, zero_point, shift, free) \
  DEW_TILE_NEXT_SHIFT(tile, shift, free)                              \
  "cmp " shift                                                        \
  ", #0\n"                                                            \
  "beq 3f\n" ALL(DEW_END_RAISE, shift) "3:\n" ALL(DEW_END, multiplier, zero_point)
#define DEW_TILE_TFLITE(ALL, tile, multiplier, zero_point, shift, free) \
  DEW_TILE_NEXT_SHIFT(tile, shift, free)                                \
  "lsl " multiplier ", " multiplier                                     \
  ", #1\n"                                                              \
  "mvns " free ", " shift                                               \
  "\n"                                                                  \
  "bmi 3f\n" ALL(DEW_END_RIGHT, multiplier, zero_point, free)           \
  "b 4f\n"                                                              \
  "3:\n" ALL(DEW_END_RAISE, shift) ALL(DEW_END_LEFT, multiplier, zero_point) "4:\n"

#define DEW_TILE_CLOBBERS \
  "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory"

/* r7 may be the frame pointer, so it is saved here; the compiler has no other register to offer. */
#define DEW_TILE3(ENDS) \
  "push {r0, r7}\n"                                    \
  "ldr r12, [r0, #40]\n"                               \
  "mov r11, r0\n"                                      \
  "0:\n"                                               \
  "ldrd r3, lr, [r11]\n"                               \
  "ldr r4, [r11, #8]\n"                                \
  "ldr r0, [r4]\n"                                     \
  "mov r1, r0\n"                                       \
  "mov r2, r0\n" DEW_BLOCKS(DEW_BLOCK3, "lr")          \
  "ldr r11, [sp]\n"                                    \
  "ldrd r4, r5, [r11, #8]\n"                           \
  "ldr r6, [r4, #4]\n"                                 \
  "ldrd r7, r8, [r11, #24]\n"                          \
  "ldr r9, [r11, #32]\n"                               \
  ENDS(DEW_ALL3, "r11", "r6", "r7", "r10", "r3")       \
  "strb r0, [r5]\n"                                    \
  "strb r1, [r5, r8]\n"                                \
  "strb r2, [r5, r9]\n"                                \
  "ldrd r7, r8, [r11, #16]\n"                          \
  "add r4, r4, #8\n"                                   \
  "add r5, r5, r8\n"                                   \
  "strd r4, r5, [r11, #8]\n"                           \
  "cmp r4, r7\n"                                       \
  "bne 0b\n"                                           \
  "pop {r0, r7}\n"

#define DEW_TILE4(ENDS) \
  "push {r0, r7}\n"                                    \
  "mov r10, r0\n"                                      \
  "ldr lr, [r10, #40]\n"                               \
  "0:\n"                                               \
  "ldrd r12, r11, [r10]\n"                             \
  "ldr r4, [r10, #8]\n"                                \
  "ldr r0, [r4]\n"                                     \
  "mov r1, r0\n"                                       \
  "mov r2, r0\n"                                       \
  "mov r3, r0\n" DEW_BLOCKS(DEW_BLOCK4, "r11")         \
  "ldrd r4, r8, [r10, #8]\n"                           \
  "ldr r5, [r4, #4]\n"                                 \
  "ldrd r6, r9, [r10, #24]\n"                          \
  ENDS(DEW_ALL4, "r10", "r5", "r6", "r7", "r11")       \
  "ldrd r11, r12, [r10, #32]\n"                        \
  "strb r0, [r8]\n"                                    \
  "strb r1, [r8, r9]\n"                                \
  "strb r2, [r8, r11]\n"                               \
  "strb r3, [r8, r12]\n"                               \
  "ldrd r5, r6, [r10, #16]\n"                          \
  "add r4, r4, #8\n"                                   \
  "add r8, r8, r6\n"                                   \
  "strd r4, r8, [r10, #8]\n"                           \
  "cmp r4, r5\n"                                       \
  "bne 0b\n"                                           \
  "pop {r0, r7}\n"

/* dew_<name>3 and dew_<name>4: all channels of a tile of three or four pixels. */
#define DEW_TILES(name, ENDS)                                             \
  static void name##3(dew_tile * tile) {                                  \
    register dew_tile* work __asm__("r0") = tile;                         \
    __asm__ volatile(DEW_TILE3(ENDS) : "+r"(work) : : DEW_TILE_CLOBBERS); \
  }                                                                       \
  static void name##4(dew_tile * tile) {                                  \
    register dew_tile* work __asm__("r0") = tile;                         \
    __asm__ volatile(DEW_TILE4(ENDS) : "+r"(work) : : DEW_TILE_CLOBBERS); \
  }

#if DEW_ROUNDING_TFLITE
DEW_TILES(dew_tile_tflite, DEW_TILE_TFLITE)
#else
DEW_TILES(dew_tile_plain, DEW_TILE_PLAIN)
#if DEW_SHIFTS
DEW_TILES(dew_tile_left, DEW_TILE_LEFT)
#endif
#endif

static void dew_tile_run(dew_tile* tile, int32_t pixels) {
#if DEW_ROUNDING_TFLITE
  if (pixels == 3) {
    dew_tile_tflite3(tile);
  } else {
    dew_tile_tflite4(tile);
  }
#else
#if DEW_SHIFTS
  if (tile->shift) {
    if (pixels == 3) {
      dew_tile_left3(tile);
    } else {
      dew_tile_left4(tile);
    }
    return;
  }
#endif
  if (pixels == 3) {
    dew_tile_plain3(tile);
  } else {
    dew_tile_plain4(tile);
  }
#endif
}

#else

static void dew_tile_run(dew_tile* tile, int32_t pixels) {
  const int8_t* weights = tile->weights;
  int32_t i, k;
  for (; tile->pairs < tile->end; tile->pairs += 2, tile->out += tile->step) {
    const int16_t* x = tile->wide;
    int32_t acc[4];
    for (i = 0; i < pixels; i++) acc[i] = tile->pairs[0];
    for (k = 0; k < tile->blocks; k++, weights += 4) {
      for (i = 0; i < pixels; i++, x += 4) {
        acc[i] += x[0] * weights[0] + x[1] * weights[2] + x[2] * weights[1] + x[3] * weights[3];
      }
    }
    for (i = 0; i < pixels; i++)
      tile->out[i ? tile->at[i - 1] : 0] =
          dew_paired_end(acc[i], tile->pairs[1], dew_shift_of(tile->shift, 0), tile->zero_point);
    if (tile->shift) tile->shift++;
  }
}

#endif

#endif
