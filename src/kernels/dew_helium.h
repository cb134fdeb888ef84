/* dew_helium: one row of any convolution on cores with Helium, four channels of one pixel at a time. The row
 * may be written planar, like dew_tiled's.
 *
 * One instruction multiplies sixteen bytes by sixteen and sums the products; lanes beyond the last weight are
 * masked, so channels need no padding. Channels come in groups of four, whose biases and then multipliers are
 * in scale.pairs; where the number of channels is no multiple of four, the last group overlaps the one before
 * it. */
#ifndef DEW_HELIUM_H
#define DEW_HELIUM_H

#include "dew_helium_end.h"
#include "dew_paired.h"
#include "dew_patch_pads.h"

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

/* What all pixels of a row share. */
static dew_fours dew_helium_work(const dew_tiled* conv, const int8_t* in, int8_t* out) {
  const int32_t count = 4 * conv->blocks;
  dew_fours fours;
  int32_t i;
  for (i = 0; i < 4; i++) fours.places[i] = i * conv->channel_step;
  fours.in = in;
  fours.count = count;
  fours.weights = conv->weights;
  fours.ends = conv->scale.pairs;
  fours.out = out;
  fours.zero_point = conv->scale.zero_point;
  fours.channel_step = conv->channel_step;
  fours.rewind = count - ((count + 15) & ~15);
  fours.in_step = count * conv->stride;
  fours.out_step = conv->pixel_step;
#if DEW_ANY_SHIFTS
  fours.shift = conv->scale.shift;
#endif
  return fours;
}

/* All channels of `pixels` pixels. */
static void dew_helium_wide(const dew_tiled* conv, const dew_fours* start, int32_t pixels) {
  const int32_t rest = conv->out_channels & 3;
  dew_fours fours = *start;
  fours.stop = fours.ends + 2 * (conv->out_channels - rest);
  fours.pixels = pixels;
  dew_fours_pixels(&fours);
  if (rest == 0) return;
  fours.in = start->in;
  fours.weights += (conv->out_channels - rest) * fours.count;
  fours.ends = fours.stop;
  fours.stop += 8;
  fours.out = start->out + (conv->out_channels - 4) * conv->channel_step;
  fours.pixels = pixels;
#if DEW_ANY_SHIFTS
  if (fours.shift) fours.shift += conv->out_channels - rest;
#endif
  dew_fours_pixels(&fours);
}

static void dew_helium_narrow(const dew_tiled* conv, dew_fours fours) {
  const int32_t outs = conv->out_channels;
  int8_t* const out = fours.out;
  int32_t o;
  fours.pixels = conv->out_width;
  for (o = 0; o < outs; o += 4) {
    fours.out = out + (o < outs - 4 ? o : outs - 4) * conv->channel_step;
    dew_fours_row(&fours);
    fours.weights += 4 * fours.count;
    fours.ends += 8;
#if DEW_ANY_SHIFTS
    if (fours.shift) fours.shift += 4;
#endif
  }
}

/* How many pixels from x on, at most a tile, have their windows inside the image; 0 if dew_helium_gather
 * cannot take them together. */
static int32_t dew_helium_inside(const dew_tiled* conv, int32_t x) {
  const int32_t left = x * conv->stride - conv->pad, room = conv->in_width - conv->kernel_width - left;
  int32_t pixels = conv->tile;
  if (left < 0 || conv->dilation != 1 || conv->in_channels * conv->kernel_width > 16) return 0;
  if (pixels > conv->out_width - x) pixels = conv->out_width - x;
  while (pixels > 0 && (pixels - 1) * conv->stride > room) pixels--;
  return pixels;
}

/* Gathers the inputs of such pixels. What follows a pixel's last input meets weights of zero. */
static void dew_helium_gather(const dew_tiled* conv, const dew_row* row, int32_t x, int32_t pixels,
                              int8_t* patch) {
  const int32_t channels = conv->in_channels, span = channels * conv->kernel_width;
  const int32_t left = x * conv->stride - conv->pad;
  int32_t ky;
  for (ky = 0; ky < conv->kernel_height; ky++, patch += span) {
    const int8_t* from = row->in[ky] + left * channels;
    int8_t* to = patch;
    __asm__ volatile(
        "vctp.8 %[span]\n"
        "dls lr, %[pixels]\n"
        "1:\n"
        "vpstt\n"
        "vldrbt.8 q0, [%[from]]\n"
        "vstrbt.8 q0, [%[to]]\n"
        "add %[from], %[from], %[step]\n"
        "add %[to], %[to], %[count]\n"
        "le lr, 1b\n"
        : [from] "+r"(from), [to] "+r"(to)
        : [span] "r"(span), [pixels] "r"(pixels), [step] "r"(conv->stride * channels),
          [count] "r"(4 * conv->blocks)
        : "lr", "q0", "memory");
  }
}

static void dew_helium_pixels(const dew_tiled* conv, const dew_row* row, int8_t* out) {
  const int32_t count = conv->in_channels, width = conv->out_width;
  const int in_place = conv->kernel_height == 1 && conv->kernel_width == 1 && (count & 3) == 0;
  const int inside = conv->pad == 0 && (width - 1) * conv->stride < conv->in_width;
  dew_fours fours = dew_helium_work(conv, row->in[0], out);
  int32_t pixels, x;
  if (in_place && inside) {
    if (conv->stride == 1 && (count == 8 || count == 16)) {
      dew_helium_narrow(conv, fours);
    } else {
      dew_helium_wide(conv, &fours, width);
    }
    return;
  }
  fours.in_step = fours.count;
  for (x = 0; x < width; x += pixels, fours.out += pixels * conv->pixel_step) {
    int8_t* patch = (int8_t*)row->scratch;
    pixels = in_place ? 0 : dew_helium_inside(conv, x);
    if (pixels > 0) {
      dew_helium_gather(conv, row, x, pixels, patch);
      fours.in = patch;
    } else {
      pixels = 1;
      fours.in = dew_patch_of(conv, row, x, patch);
    }
    dew_helium_wide(conv, &fours, pixels);
  }
}

#else

static void dew_helium_pixels(const dew_tiled* conv, const dew_row* row, int8_t* out) {
  const int32_t count = 4 * conv->blocks, outs = conv->out_channels;
  int32_t x, o, i, k;
  for (x = 0; x < conv->out_width; x++, out += conv->pixel_step) {
    const int8_t* in = dew_patch_of(conv, row, x, (int8_t*)row->scratch);
    const int8_t* weights = conv->weights;
    const int32_t* ends = conv->scale.pairs;
    for (o = 0; o < outs; o += 4, ends += 8) {
      const int32_t first = o < outs - 4 ? o : outs - 4;
      for (i = 0; i < 4; i++, weights += count) {
        int32_t acc = ends[i];
        for (k = 0; k < count; k++) acc += in[k] * weights[k];
        out[(first + i) * conv->channel_step] =
            dew_paired_end(acc, ends[4 + i], dew_shift_of(conv->scale.shift, o + i), conv->scale.zero_point);
      }
    }
  }
}

#endif

static void dew_helium_row(const void* layer, const dew_row* row) {
  const dew_tiled* conv = (const dew_tiled*)layer;
  dew_patch_pads(conv, row);
  dew_helium_pixels(conv, row, row->out + conv->pad_before);
  dew_paired_clamp(&conv->scale, row->out, dew_patch_bytes(conv));
}

#endif
