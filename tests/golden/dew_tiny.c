/* dew_tiny: made by Dewdrop; do not edit. Kernels first, then the model, then the interface of dew_tiny.h. */
#include "dew_tiny.h"

#include <string.h>

#define DEW_ROUNDING_TFLITE 0
#define DEW_MAX_TAPS 3
#define DEW_SHIFTS 0

/* dew_types: what the compiler's tables are made of.
 *
 * A net is a list of steps. A step makes one tensor, row by row; a tensor is `rows` rows of `row_bytes` bytes
 * (NHWC, so a row is W pixels of C channels), of which the arena keeps the newest `ring`. */

/* 0: Dewdrop's own rounding; 1: TensorFlow Lite's (dew_requantize.h). */
#ifndef DEW_ROUNDING_TFLITE
#define DEW_ROUNDING_TFLITE 0
#endif

/* What a kernel gets: the rows it reads and the row it writes. */
typedef struct dew_row {
  const int8_t* const* in; /* top first; a row above or below the image is a row of zero points */
  const int8_t* in2;       /* the second operand's row, where there is one */
  int8_t* out;
  void* scratch; /* 4-byte aligned; kept from row to row by kernels that accumulate */
  int32_t index; /* 0, 1, ...: how often it has run for this image */
  int32_t last;  /* not 0: it runs for the last time */
  int32_t fresh; /* not 0: no row of this image has stood where `out` is */
} dew_row;

typedef void (*dew_kernel)(const void* layer, const dew_row* row);

typedef struct dew_step {
  dew_kernel run;     /* null: the image, whose rows the caller pushes */
  const void* layer;  /* the kernel's own table */
  const int8_t* zero; /* a padding row, null where there is no padding */
  uint32_t offset;    /* of the ring in the arena */
  uint32_t row_bytes;
  uint32_t scratch; /* offset in the arena */
  uint16_t rows, ring;
  uint16_t events;  /* how often it runs: once a row, or more often where it accumulates */
  uint16_t in, in2; /* the steps it reads; DEW_NONE: no second one */
  uint16_t extent;  /* input rows under the window, from its first to its last */
  uint8_t taps;     /* rows it is given: extent, less those that dilation leaves out */
  uint8_t dilation, stride, pad;
} dew_step;

#define DEW_NONE 0xFFFF

typedef struct dew_net {
  const dew_step* steps; /* step 0 is the image */
  const uint16_t* waves; /* the first step of each wave, and behind them the number of steps */
  uint16_t wave_count;
} dew_net;

/* Accumulator to int8, one a channel: see dew_requantize.h. */
typedef struct dew_scale {
  const int32_t* bias; /* the input's zero point folded in */
  const int32_t* multiplier;
  const int8_t* shift; /* null: all 0 */
  int8_t zero_point, low, high;
} dew_scale;

/* The same for kernels that load both at once; dew_helium takes four biases and then their multipliers. */
typedef struct dew_paired_scale {
  const int32_t* pairs; /* bias and multiplier, channel after channel */
  const int8_t* shift;  /* null: all 0 */
  int8_t zero_point, low, high;
} dew_paired_scale;

/* The second operand of a sum or product: a step's row, or a constant; shorter than the row, it repeats. */
typedef struct dew_operand {
  const int8_t* constant; /* null: the row of step in2 */
  uint32_t step;          /* from one row of the constant to the next */
  uint32_t period;        /* bytes after which it repeats */
} dew_operand;

/* dew_mve: whether the core has Helium (Armv8.1-M's vectors of 16 bytes). */

/* Helium rounds once; TensorFlow Lite's two roundings are done in plain C. */
#if defined(__ARM_FEATURE_MVE) && defined(__GNUC__) && !DEW_ROUNDING_TFLITE
#define DEW_MVE 1
#else
#define DEW_MVE 0
#endif

/* dew_engine: runs a net's steps in the order of the rows.
 *
 * Within a wave a row travels as deep as it can: after a step has run, the one behind it is tried; where a
 * step cannot run, the one before it is. The compiler ran this very code to size the rings, so that a row
 * is never overwritten while it is still needed. */

#ifndef DEW_MAX_TAPS
#define DEW_MAX_TAPS 255
#endif

/* Called behind every run of a step, and behind every row of the image (step 0). Define it to watch the net
 * at work: with a board's cycle counter in it, it tells what each layer costs there. */
#ifndef DEW_STEP_DONE
#define DEW_STEP_DONE(step) ((void)(step))
#endif

/* Rows of its output that stand complete after `done` runs. */
static int32_t dew_rows_made(const dew_step* step, int32_t done) {
  if (done == step->events) return step->rows;
  return step->events == step->rows ? done : 0;
}

/* A second operand of one row is every row's. */
static int32_t dew_second_row(const dew_step* second, int32_t event) {
  return second->rows == 1 ? 0 : event;
}

static int dew_can_run(const dew_step* steps, const uint16_t* done, int32_t i) {
  const dew_step* step = &steps[i];
  const dew_step* source = &steps[step->in];
  const int32_t event = done[i];
  int32_t needed = event * step->stride - step->pad + step->extent;
  if (event >= step->events) return 0;
  if (needed > source->rows) needed = source->rows;
  if (dew_rows_made(source, done[step->in]) < needed) return 0;
  if (step->in2 == DEW_NONE) return 1;
  return dew_rows_made(&steps[step->in2], done[step->in2]) > dew_second_row(&steps[step->in2], event);
}

/* The step in [first, last] to run after step `at` has run (or first - 1: none has); -1: none can. */
static int32_t dew_next(const dew_step* steps, const uint16_t* done, int32_t first, int32_t last,
                        int32_t at) {
  int32_t i = at + 1;
  while (i < last && done[i] == steps[i].events) i++;
  if (i > last) i = last;
  for (; i >= first; i--) {
    if (dew_can_run(steps, done, i)) return i;
  }
  return -1;
}

static int8_t* dew_ring_row(const dew_step* step, uint8_t* arena, int32_t row) {
  return (int8_t*)(arena + step->offset + (uint32_t)(row % step->ring) * step->row_bytes);
}

static void dew_run_step(const dew_step* steps, uint8_t* arena, int32_t i, int32_t event) {
  const dew_step* step = &steps[i];
  const dew_step* source = &steps[step->in];
  const int8_t* rows[DEW_MAX_TAPS];
  dew_row row;
  int32_t k;
  int32_t y = event * step->stride - step->pad;
  for (k = 0; k < step->taps; k++, y += step->dilation) {
    rows[k] = y < 0 || y >= source->rows ? step->zero : dew_ring_row(source, arena, y);
  }
  row.in = rows;
  row.in2 = 0;
  if (step->in2 != DEW_NONE) {
    const dew_step* second = &steps[step->in2];
    row.in2 = dew_ring_row(second, arena, dew_second_row(second, event));
  }
  row.out = dew_ring_row(step, arena, event);
  row.scratch = arena + step->scratch;
  row.index = event;
  row.last = event + 1 == step->events;
  row.fresh = event < step->ring;
  step->run(step->layer, &row);
}

static void dew_run_wave(const dew_step* steps, uint8_t* arena, uint16_t* done, int32_t first, int32_t last) {
  int32_t i = first - 1;
  while ((i = dew_next(steps, done, first, last, i)) >= 0) {
    dew_run_step(steps, arena, i, done[i]);
    done[i]++;
    DEW_STEP_DONE(i);
  }
}

static void dew_begin(const dew_net* net, uint16_t* done) {
  memset(done, 0, net->waves[net->wave_count] * sizeof *done);
}

/* Where the image's next row goes; null when all have come. */
static uint8_t* dew_image_row(const dew_net* net, uint8_t* arena, const uint16_t* done) {
  if (done[0] >= net->steps[0].rows) return 0;
  return (uint8_t*)dew_ring_row(&net->steps[0], arena, done[0]);
}

/* Copies a row, each byte XORed with `flip`. */
static void dew_copy_row(uint8_t* to, const uint8_t* from, uint32_t count, uint8_t flip) {
#if DEW_MVE
  __asm__ volatile(
      "vdup.8 q1, %[flip]\n"
      "dlstp.8 lr, %[count]\n"
      "1:\n"
      "vldrb.8 q0, [%[from]], #16\n"
      "veor q0, q0, q1\n"
      "vstrb.8 q0, [%[to]], #16\n"
      "letp lr, 1b\n"
      : [from] "+r"(from), [to] "+r"(to)
      : [count] "r"(count), [flip] "r"((uint32_t)flip)
      : "lr", "q0", "q1", "memory");
#else
  const uint32_t flips = 0x01010101U * flip;
  for (; count >= 4; count -= 4, to += 4, from += 4) {
    uint32_t word;
    memcpy(&word, from, 4);
    word ^= flips;
    memcpy(to, &word, 4);
  }
  for (; count > 0; count--) *to++ = *from++ ^ flip;
#endif
}

/* The row is there: runs all that waited for it. */
static void dew_image_pushed(const dew_net* net, uint8_t* arena, uint16_t* done) {
  done[0]++;
  DEW_STEP_DONE(0);
  dew_run_wave(net->steps, arena, done, 1, net->waves[1] - 1);
}

/* The waves behind the first; the last step's rows are the net's output. */
static void dew_finish(const dew_net* net, uint8_t* arena, uint16_t* done) {
  int32_t wave;
  for (wave = 1; wave < net->wave_count; wave++) {
    dew_run_wave(net->steps, arena, done, net->waves[wave], net->waves[wave + 1] - 1);
  }
}

/* dew_clamp: into int8, or into what an activation leaves of it. */

static inline int8_t dew_clamp(int32_t y, int32_t low, int32_t high) {
  return (int8_t)(y < low ? low : y > high ? high : y);
}

/* dew_dsp: whether the core multiplies pairs of 16 bits (Armv7E-M, Armv8-M with the DSP extension). */

#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
#define DEW_DSP 1
#else
#define DEW_DSP 0
#endif

/* dew_requantize: a 32-bit accumulator becomes an int8 (docs/numeric-contract.md).
 *
 * DEW_ROUNDING_TFLITE 0: y = zero_point + ((acc * multiplier + 2^31) >> 32), one rounding; on cores with the
 * DSP extension it is one SMMLAR. 1: TensorFlow Lite's two roundings. */

static inline int32_t dew_shift_left(int32_t acc, int32_t shift) {
  const int64_t shifted = acc * ((int64_t)1 << shift);
  return shifted > INT32_MAX ? INT32_MAX : shifted < INT32_MIN ? INT32_MIN : (int32_t)shifted;
}

#if DEW_ROUNDING_TFLITE
static inline int32_t dew_requantize(int32_t acc, int32_t multiplier, int32_t shift, int32_t zero_point) {
  int32_t high, mask, rest;
  int64_t product;
  if (shift > 0) acc = dew_shift_left(acc, shift);
  product = (int64_t)acc * multiplier;
  high = (int32_t)((product + (product >= 0 ? 0x40000000 : -0x3FFFFFFF)) / 0x80000000LL);
  if (shift >= 0) return high + zero_point;
  mask = (int32_t)(((uint32_t)1 << -shift) - 1);
  rest = high & mask;
  return (high >> -shift) + (rest > (mask >> 1) + (high < 0)) + zero_point;
}
#else
/* zero_point + ((acc * multiplier + 2^31) >> 32). */
static inline int32_t dew_scaled(int32_t acc, int32_t multiplier, int32_t zero_point) {
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
  int32_t y;
  __asm__("smmlar %0, %1, %2, %3" : "=r"(y) : "r"(acc), "r"(multiplier), "r"(zero_point));
  return y;
#elif defined(__ARM_ARCH_7M__) && defined(__GNUC__)
  int32_t low, y;
  __asm__("smull %0, %1, %2, %3\nadds %0, %0, %0\nadc %1, %1, %4"
          : "=&r"(low), "=&r"(y)
          : "r"(acc), "r"(multiplier), "r"(zero_point)
          : "cc");
  return y;
#elif defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__)
  /* No long multiply: four products of halves. */
  const int32_t a_high = acc >> 16, b_high = multiplier >> 16;
  const uint32_t a_low = (uint32_t)acc & 0xFFFF, b_low = (uint32_t)multiplier & 0xFFFF;
  const int32_t first = (int32_t)((uint32_t)a_high * b_low + (a_low * b_low >> 16));
  const int32_t second = (int32_t)(a_low * (uint32_t)b_high + ((uint32_t)first & 0xFFFF));
  return a_high * b_high + (first >> 16) + (second >> 16) + ((second >> 15) & 1) + zero_point;
#elif defined(__riscv_mul) && defined(__GNUC__) && __riscv_xlen == 32
  /* Of twice the multiplier the high word has one more bit than is wanted: the half to add is 1 there. */
  int32_t doubled;
  __asm__("mulhsu %0, %1, %2" : "=r"(doubled) : "r"(acc), "r"(2 * (uint32_t)multiplier));
  return ((doubled + 1) >> 1) + zero_point;
#else
  return (int32_t)(((int64_t)acc * multiplier + 0x80000000LL) >> 32) + zero_point;
#endif
}

static inline int32_t dew_requantize(int32_t acc, int32_t multiplier, int32_t shift, int32_t zero_point) {
  if (shift > 0) acc = dew_shift_left(acc, shift);
  return dew_scaled(acc, multiplier, zero_point);
}
#endif

/* dew_paired: how a channel's accumulator ends, its bias and multiplier standing side by side. */

/* 0: no channel of the model has a shift. */
#ifndef DEW_SHIFTS
#define DEW_SHIFTS 1
#endif

static inline int8_t dew_saturate(int32_t y) {
#if defined(__ARM_FEATURE_SAT) && defined(__GNUC__)
  __asm__("ssat %0, #8, %0" : "+r"(y));
  return (int8_t)y;
#else
  if ((uint32_t)y + 128 > 255) y = (y >> 31) ^ 127;
  return (int8_t)y;
#endif
}

/* Into int8; what activations leave of it is cut off later, by dew_paired_clamp. `shift` is the channel's,
 * null for none. */
static inline int8_t dew_paired_end(int32_t acc, int32_t multiplier, const int8_t* shift,
                                    int32_t zero_point) {
#if DEW_SHIFTS
  return dew_saturate(dew_requantize(acc, multiplier, shift ? *shift : 0, zero_point));
#else
  (void)shift;
  return dew_saturate(dew_requantize(acc, multiplier, 0, zero_point));
#endif
}

static inline const int8_t* dew_shift_of(const dew_paired_scale* scale, int32_t c) {
  return scale->shift ? scale->shift + c : 0;
}

#if DEW_DSP
/* Four bytes: where the difference is not negative, SEL takes its first operand. */
static inline uint32_t dew_clamp4(uint32_t x, uint32_t low, uint32_t high) {
  uint32_t difference;
  __asm__("ssub8 %1, %0, %3\nsel %0, %3, %0\nssub8 %1, %0, %2\nsel %0, %0, %2"
          : "+r"(x), "=&r"(difference)
          : "r"(low), "r"(high));
  return x;
}
#endif

static void dew_paired_clamp(const dew_paired_scale* scale, int8_t* out, uint32_t count) {
  const int32_t low = scale->low, high = scale->high;
  uint32_t i = 0;
  if (low == -128 && high == 127) return;
#if DEW_DSP
  for (; i + 4 <= count; i += 4) {
    uint32_t word;
    memcpy(&word, out + i, 4);
    word = dew_clamp4(word, 0x01010101U * (uint8_t)low, 0x01010101U * (uint8_t)high);
    memcpy(out + i, &word, 4);
  }
#endif
  for (; i < count; i++) out[i] = dew_clamp(out[i], low, high);
}

/* dew_patch: what convolutions in tiles share: their table, where a pixel's inputs stand, planar rows. */

typedef struct dew_tiled {
  const int8_t* weights; /* OHWI, each channel's filled up with zeros to a multiple of four */
  const int8_t* zero;    /* a pixel of the input's zero point, for columns outside */
  dew_paired_scale scale;
  uint16_t in_width, in_channels, out_width, out_channels;
  uint8_t kernel_height, kernel_width, stride, dilation, pad;
  uint8_t tile;                      /* pixels at a time, where they are gathered */
  uint16_t blocks;                   /* weights of a channel, in fours */
  uint16_t pixel_step, channel_step; /* from one output to the next */
  uint8_t pad_before, pad_after;     /* planar: columns of zero point to write around a channel's pixels */
} dew_tiled;

static inline void dew_patch_copy(int8_t* to, const int8_t* from, int32_t count) {
#if DEW_MVE
  __asm__ volatile("dlstp.8 lr, %2\n1:\nvldrb.8 q0, [%1], #16\nvstrb.8 q0, [%0], #16\nletp lr, 1b"
                   : "+r"(to), "+r"(from)
                   : "r"(count)
                   : "lr", "q0", "memory");
#else
  int32_t k;
  for (k = count >> 2; k > 0; k--, to += 4, from += 4) memcpy(to, from, 4);
  for (k = count & 3; k > 0; k--) *to++ = *from++;
#endif
}

/* The inputs of the output pixel whose window begins at column `left`, one after the other, and zeros. */
static void dew_patch_gather(const dew_tiled* conv, const dew_row* row, int32_t left, int8_t* to) {
  const int32_t channels = conv->in_channels, span = channels * conv->kernel_width;
  const int inside = left >= 0 && left + conv->kernel_width <= conv->in_width && conv->dilation == 1;
  int8_t* const end = to + 4 * conv->blocks;
  int32_t ky, kx, k;
  for (ky = 0; ky < conv->kernel_height; ky++) {
    const int8_t* from = row->in[ky] + left * channels;
    if (inside) {
      dew_patch_copy(to, from, span);
      to += span;
      continue;
    }
    for (kx = 0; kx < conv->kernel_width; kx++, to += channels) {
      const int32_t column = left + kx * conv->dilation;
      from = column >= 0 && column < conv->in_width ? row->in[ky] + column * channels : conv->zero;
      for (k = 0; k < channels; k++) to[k] = from[k];
    }
  }
  while (to < end) *to++ = 0;
}

/* The inputs of output pixel x: in place where they stand in a row, or else gathered in `patch`. */
static const int8_t* dew_patch_of(const dew_tiled* conv, const dew_row* row, int32_t x, int8_t* patch) {
  const int32_t left = x * conv->stride - conv->pad;
  if (conv->kernel_height == 1 && conv->kernel_width == 1 && (conv->in_channels & 3) == 0) {
    return left >= 0 && left < conv->in_width ? row->in[0] + left * conv->in_channels : conv->zero;
  }
  dew_patch_gather(conv, row, left, patch);
  return patch;
}

/* dew_patch_pads: what kernels that can write planar rows share. */

/* Padding columns around every channel's pixels, where the row is planar. They outlast the rows of a ring.
 * Inlined, it would take registers from the loops around it. */
#if defined(__GNUC__)
__attribute__((noinline))
#endif
static void
dew_patch_pads(const dew_tiled* conv, const dew_row* row) {
  const int8_t zero_point = conv->scale.zero_point;
  const int32_t gap = conv->pad_before + conv->pad_after, pitch = conv->channel_step;
  int8_t* out = row->out;
  int32_t o, k;
  if (!row->fresh || gap == 0) return;
  for (k = conv->pad_before; k > 0; k--) *out++ = zero_point;
  out += conv->out_width;
  for (o = conv->out_channels - 1; o > 0; o--, out += pitch) {
    out[0] = zero_point;
    if (gap > 1) out[1] = zero_point;
    for (k = 2; k < gap; k++) out[k] = zero_point;
  }
  for (k = conv->pad_after; k > 0;) out[--k] = zero_point;
}

/* Bytes of an output row, planar or not. */
static uint32_t dew_patch_bytes(const dew_tiled* conv) {
  return (uint32_t)conv->out_channels * (conv->channel_step == 1 ? conv->out_width : conv->channel_step);
}

/* dew_twin: one row of any convolution on cores without vectors: two pixels in one word.
 *
 * Two pixels' values a and b stand in one word as a + 2^16 * b. Two products of such words with weights add
 * up to a sum of two products below, which fits 16 bits, and one above. `low` collects the words as they are
 * and `high` their upper halves, so that `low - 2^16 * high` is the lower pixel's sum. Every two products
 * have DEW_TWIN_LIFT added, so that their lower half is never negative and takes nothing from the upper: from
 * -2 * 127 * 128 to 2 * 128 * 128 it becomes 0 to 65280. All of it is exact, modulo 2^32.
 *
 * Four pixels are two twins; three are a twin and one by itself. A multiplication for two products, and a
 * load of a word for two pixels: half of what one at a time takes. The row may be written planar, channel
 * after channel with padding columns around the pixels: what dew_depthwise_planar reads. */

#define DEW_TWIN_LIFT 32512U

/* Compilers keep neither the sums in Armv6-M's upper registers nor all of them in Armv7-M's: assembly. */
#if defined(__GNUC__) && !DEW_ROUNDING_TFLITE
#if defined(__ARM_ARCH_7M__) || defined(__ARM_ARCH_7EM__) || defined(__ARM_ARCH_8M_MAIN__)
#define DEW_TWIN_ARM 7
#elif defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__)
#define DEW_TWIN_ARM 6
#endif
#endif
#ifndef DEW_TWIN_ARM
#define DEW_TWIN_ARM 0
#endif

/* Read by the assembly at offsets 0, 4, 8, ...: every member is a word there. */
typedef struct dew_twins {
  const uint32_t *words, *words_end; /* of the pixels: two of each twin at a time */
  const int32_t* pairs;              /* bias and multiplier of the channel in hand */
  int8_t* out;
  const int32_t* end; /* behind the last channel's pair */
  int32_t step;       /* from one channel's output to the next */
  int32_t zero_point;
  int32_t at[3]; /* outputs of the other pixels, from the first one's */
  const int8_t* weights;
  uint32_t start; /* takes the lifts back */
} dew_twins;

/* Every block of four values of pixels a and b, as twins, two and two words, four apart; null for b: a alone.
 */
static inline void dew_twin_words(const int8_t* a, const int8_t* b, uint32_t* to, int32_t blocks) {
  for (; blocks > 0; blocks--, a += 4, to += 8) {
    to[0] = (uint32_t)a[0];
    to[1] = (uint32_t)a[1];
    to[4] = (uint32_t)a[2];
    to[5] = (uint32_t)a[3];
    if (!b) continue;
    to[0] += (uint32_t)b[0] << 16;
    to[1] += (uint32_t)b[1] << 16;
    to[4] += (uint32_t)b[2] << 16;
    to[5] += (uint32_t)b[3] << 16;
    b += 4;
  }
}

#if !DEW_TWIN_ARM || DEW_SHIFTS

/* The upper half, with its sign. */
static inline uint32_t dew_twin_high(uint32_t word) {
  return (uint32_t)((int32_t)word >> 16);
}

/* Two products. */
static inline uint32_t dew_twin_product(const uint32_t* words, uint32_t w0, uint32_t w1) {
  return words[0] * w0 + words[1] * w1 + DEW_TWIN_LIFT;
}

/* One channel's sums over `blocks` of weights. */
static inline void dew_twin_three(const dew_twins* tile, const int8_t* weights, int32_t* sums) {
  const uint32_t* words = tile->words;
  const uint32_t bias = (uint32_t)tile->pairs[0];
  uint32_t low = bias * 0x10001 + tile->start, high = bias, alone = bias;
  for (; words < tile->words_end; words += 8, weights += 4) {
    uint32_t w0 = (uint32_t)weights[0], w1 = (uint32_t)weights[1];
    uint32_t both = dew_twin_product(words, w0, w1);
    low += both;
    high += dew_twin_high(both);
    alone += words[2] * w0;
    alone += words[3] * w1;
    w0 = (uint32_t)weights[2];
    w1 = (uint32_t)weights[3];
    both = dew_twin_product(words + 4, w0, w1);
    low += both;
    high += dew_twin_high(both);
    alone += words[6] * w0;
    alone += words[7] * w1;
  }
  sums[0] = (int32_t)(low - (high << 16));
  sums[1] = (int32_t)high;
  sums[2] = (int32_t)alone;
}

static inline void dew_twin_four(const dew_twins* tile, const int8_t* weights, int32_t* sums) {
  const uint32_t* words = tile->words;
  const uint32_t bias = (uint32_t)tile->pairs[0];
  uint32_t low = bias * 0x10001 + tile->start, high = bias, low2 = low, high2 = high;
  for (; words < tile->words_end; words += 8, weights += 4) {
    uint32_t w0 = (uint32_t)weights[0], w1 = (uint32_t)weights[1];
    uint32_t both = dew_twin_product(words, w0, w1);
    low += both;
    high += dew_twin_high(both);
    both = dew_twin_product(words + 2, w0, w1);
    low2 += both;
    high2 += dew_twin_high(both);
    w0 = (uint32_t)weights[2];
    w1 = (uint32_t)weights[3];
    both = dew_twin_product(words + 4, w0, w1);
    low += both;
    high += dew_twin_high(both);
    both = dew_twin_product(words + 6, w0, w1);
    low2 += both;
    high2 += dew_twin_high(both);
  }
  sums[0] = (int32_t)(low - (high << 16));
  sums[1] = (int32_t)high;
  sums[2] = (int32_t)(low2 - (high2 << 16));
  sums[3] = (int32_t)high2;
}

/* All channels of a tile. */
static void dew_twin_run(dew_twins* tile, const dew_paired_scale* scale, int32_t pixels) {
  const int32_t zero_point = tile->zero_point, step = tile->step;
  const int32_t at1 = tile->at[0], at2 = tile->at[1], at3 = tile->at[2];
  const int32_t bytes = (int32_t)(tile->words_end - tile->words) / 2;
  const int8_t* shift = scale->shift;
  for (; tile->pairs < tile->end; tile->pairs += 2, tile->out += step, tile->weights += bytes) {
    const int32_t multiplier = tile->pairs[1];
    int32_t sums[4];
    if (pixels == 3) {
      dew_twin_three(tile, tile->weights, sums);
    } else {
      dew_twin_four(tile, tile->weights, sums);
      tile->out[at3] = dew_paired_end(sums[3], multiplier, shift, zero_point);
    }
    tile->out[0] = dew_paired_end(sums[0], multiplier, shift, zero_point);
    tile->out[at1] = dew_paired_end(sums[1], multiplier, shift, zero_point);
    tile->out[at2] = dew_paired_end(sums[2], multiplier, shift, zero_point);
    if (shift) shift++;
  }
}

#endif

#if DEW_TWIN_ARM == 7

/* r0 and r1 low and high of the first twin, r2 and r3 of the second, or r2 the third pixel; r12 words and r10
 * their end, lr weights, r11 the lift. r7 may be the frame pointer: it is saved here. */
#define DEW_TWIN_FIRST                                                                        \
  "ldrsb r7, [lr], #1\nldrsb r9, [lr], #1\nldm r12!, {r4, r5, r6, r8}\nmla r4, r4, r7, r11\n" \
  "mla r4, r5, r9, r4\nadd r0, r0, r4\nadd r1, r1, r4, asr #16\n"
#define DEW_TWIN_SECOND "mla r6, r6, r7, r11\nmla r6, r8, r9, r6\nadd r2, r2, r6\nadd r3, r3, r6, asr #16\n"
#define DEW_TWIN_ALONE "mla r2, r6, r7, r2\nmla r2, r8, r9, r2\n"
#define DEW_TWIN_BEGIN                                                                          \
  "push {r0, r7}\nmov r12, r0\nldr lr, [r12, #40]\n0:\nldr r4, [r12, #8]\nldr r5, [r12, #44]\n" \
  "ldr r1, [r4]\nadd r0, r1, r1, lsl #16\nadd r0, r0, r5\nmov r11, #32512\nldrd r12, r10, [r12]\n"
#define DEW_TWIN_LOOP(two) "1:\n" two two "cmp r12, r10\nbne 1b\n"
/* r4 pairs, r5 out, r6 multiplier, r9 step, r10 zero point, r8 and r11 where the outputs are. */
#define DEW_TWIN_END(acc) \
  "smull r7, " acc ", " acc ", r6\nadds r7, r7, r7\nadc " acc ", " acc ", r10\nssat " acc ", #8, " acc "\n"
#define DEW_TWIN_ENDS                                                                          \
  "ldr r12, [sp]\nsub r0, r0, r1, lsl #16\nldrd r4, r5, [r12, #8]\nldrd r9, r10, [r12, #20]\n" \
  "ldrd r8, r11, [r12, #28]\nldr r6, [r4, #4]\n" DEW_TWIN_END("r0") DEW_TWIN_END("r1")         \
      DEW_TWIN_END("r2") "strb r0, [r5]\nstrb r1, [r5, r8]\nstrb r2, [r5, r11]\n"
#define DEW_TWIN_NEXT                                                                                \
  "ldr r7, [r12, #16]\nadd r4, r4, #8\nadd r5, r5, r9\nstrd r4, r5, [r12, #8]\ncmp r4, r7\nbne 0b\n" \
  "pop {r0, r7}\n"

static void dew_twin_run_three(dew_twins* tile) {
  register dew_twins* work __asm__("r0") = tile;
  __asm__ volatile(
      DEW_TWIN_BEGIN "mov r2, r1\n" DEW_TWIN_LOOP(DEW_TWIN_FIRST DEW_TWIN_ALONE) DEW_TWIN_ENDS DEW_TWIN_NEXT
      : "+r"(work)
      :
      : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

static void dew_twin_run_four(dew_twins* tile) {
  register dew_twins* work __asm__("r0") = tile;
  __asm__ volatile(DEW_TWIN_BEGIN "mov r2, r0\nmov r3, r1\n" DEW_TWIN_LOOP(
                       DEW_TWIN_FIRST DEW_TWIN_SECOND) "sub r2, r2, r3, lsl #16\n" DEW_TWIN_ENDS
                                                       "ldr r8, [r12, #36]\n" DEW_TWIN_END(
                                                           "r3") "strb r3, [r5, r8]\n" DEW_TWIN_NEXT
                   : "+r"(work)
                   :
                   : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc",
                     "memory");
}

#elif DEW_TWIN_ARM == 6

/* r8 and r9 low and high of the first twin, r10 and r11 of the second, or r10 the third pixel; r0 words and
 * lr their end, r1 weights, r12 the lift. */
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
/* A sum in r4 becomes an int8: the high word of the product, of halves, with its rounding as the carry. r1
 * and r2 halves of the multiplier, r12 the zero point. */
#define DEW_TWIN_END                                                                                    \
  "asrs r5, r4, #16\nuxth r4, r4\nmovs r6, r4\nmuls r6, r1, r6\nlsrs r6, r6, #16\nmovs r7, r5\n"        \
  "muls r7, r1, r7\nadds r6, r6, r7\nmuls r4, r2, r4\nuxth r7, r6\nadds r4, r4, r7\nasrs r6, r6, #16\n" \
  "muls r5, r2, r5\nadds r5, r5, r6\nlsrs r4, r4, #16\nadcs r5, r5, r4\nadd r5, r12\nsxtb r4, r5\n"     \
  "cmp r4, r5\nbeq 2f\nasrs r4, r5, #31\nmovs r5, #127\neors r4, r4, r5\n2:\n"
#define DEW_TWIN_LOW(low, high) \
  "mov r5, " high "\nlsls r5, r5, #16\nmov r4, " low "\nsubs r4, r4, r5\n" DEW_TWIN_END
#define DEW_TWIN_STORE(at) "ldr r5, [r0, #" at "]\nstrb r4, [r3, r5]\n"
/* r0 the tile, r3 out; the weights wait in lr. */
#define DEW_TWIN_ENDS                                                                               \
  "ldr r0, [sp]\nmov lr, r1\nldr r4, [r0, #24]\nmov r12, r4\nldr r3, [r0, #8]\nldrh r1, [r3, #4]\n" \
  "ldrh r2, [r3, #6]\nldr r3, [r0, #12]\n" DEW_TWIN_LOW(                                            \
      "r8", "r9") "strb r4, [r3]\nmov r4, r9\n" DEW_TWIN_END DEW_TWIN_STORE("28")
#define DEW_TWIN_NEXT                                                                                  \
  "mov r1, lr\nldr r4, [r0, #20]\nadds r3, r3, r4\nstr r3, [r0, #12]\nldr r4, [r0, #8]\nadds r4, #8\n" \
  "str r4, [r0, #8]\nldr r5, [r0, #16]\ncmp r4, r5\nbeq 3f\nb 0b\n3:\npop {r0, r7}\n"

static void dew_twin_run_three(dew_twins* tile) {
  register dew_twins* work __asm__("r0") = tile;
  __asm__ volatile(DEW_TWIN_BEGIN "mov r10, r5\n" DEW_TWIN_LOOP(DEW_TWIN_FIRST DEW_TWIN_ALONE) DEW_TWIN_ENDS
                   "mov r4, r10\n" DEW_TWIN_END DEW_TWIN_STORE("32") DEW_TWIN_NEXT
                   : "+r"(work)
                   :
                   : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc",
                     "memory");
}

static void dew_twin_run_four(dew_twins* tile) {
  register dew_twins* work __asm__("r0") = tile;
  __asm__ volatile(
      DEW_TWIN_BEGIN "mov r10, r7\nmov r11, r5\n" DEW_TWIN_LOOP(DEW_TWIN_FIRST DEW_TWIN_SECOND)
          DEW_TWIN_ENDS DEW_TWIN_LOW("r10", "r11")
              DEW_TWIN_STORE("32") "mov r4, r11\n" DEW_TWIN_END DEW_TWIN_STORE("36") DEW_TWIN_NEXT
      : "+r"(work)
      :
      : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

#endif

/* A row of one pixel, as dense layers have it: nothing to put beside it, and no words to make. */
static void dew_twin_single(const dew_tiled* conv, const dew_row* row) {
  const int8_t *const inputs = dew_patch_of(conv, row, 0, (int8_t*)row->scratch), *w = conv->weights;
  const int32_t* pair = conv->scale.pairs;
  int8_t* out = row->out + conv->pad_before;
  int32_t o, k;
  for (o = 0; o < conv->out_channels; o++, pair += 2, out += conv->channel_step) {
    const int8_t* x = inputs;
    int32_t acc = pair[0];
    for (k = conv->blocks; k > 0; k--, x += 4, w += 4)
      acc += x[0] * w[0] + x[1] * w[1] + x[2] * w[2] + x[3] * w[3];
    *out = dew_paired_end(acc, pair[1], dew_shift_of(&conv->scale, o), conv->scale.zero_point);
  }
}

static void dew_twin_tiles(const dew_tiled* conv, const dew_row* row) {
  const int32_t pixels = conv->tile, last = conv->out_width - 1, blocks = conv->blocks;
  uint32_t* words = (uint32_t*)row->scratch;
  int8_t* patch = (int8_t*)(words + 8 * blocks);
  dew_twins tile;
  int32_t x;
  tile.words = words;
  tile.words_end = words + 8 * blocks;
  tile.end = conv->scale.pairs + 2 * conv->out_channels;
  tile.step = conv->channel_step;
  tile.zero_point = conv->scale.zero_point;
  tile.start = 0U - 2 * DEW_TWIN_LIFT * (uint32_t)blocks;
  for (x = 0; x <= last; x += pixels) {
    /* Where the row ends within a tile, its last pixel is computed again, into the same place. */
    const int32_t x1 = x < last ? x + 1 : last, x2 = x1 < last ? x1 + 1 : last,
                  x3 = x2 < last ? x2 + 1 : last;
    const int8_t* first = dew_patch_of(conv, row, x, patch);
    dew_twin_words(first, dew_patch_of(conv, row, x1, patch + 4 * blocks), words, blocks);
    first = dew_patch_of(conv, row, x2, patch);
    dew_twin_words(first, pixels == 3 ? 0 : dew_patch_of(conv, row, x3, patch + 4 * blocks), words + 2,
                   blocks);
    tile.at[0] = (x1 - x) * conv->pixel_step;
    tile.at[1] = (x2 - x) * conv->pixel_step;
    tile.at[2] = (x3 - x) * conv->pixel_step;
    tile.pairs = conv->scale.pairs;
    tile.weights = conv->weights;
    tile.out = row->out + conv->pad_before + x * conv->pixel_step;
#if DEW_TWIN_ARM
    if (!conv->scale.shift) {
      if (pixels == 3) {
        dew_twin_run_three(&tile);
      } else {
        dew_twin_run_four(&tile);
      }
      continue;
    }
#endif
#if !DEW_TWIN_ARM || DEW_SHIFTS
    dew_twin_run(&tile, &conv->scale, pixels);
#endif
  }
}

static void dew_twin_row(const void* layer, const dew_row* row) {
  const dew_tiled* conv = (const dew_tiled*)layer;
  dew_patch_pads(conv, row);
  if (conv->tile == 1) {
    dew_twin_single(conv, row);
  } else {
    dew_twin_tiles(conv, row);
  }
  dew_paired_clamp(&conv->scale, row->out, dew_patch_bytes(conv));
}

/* dew_planar: one row of a 3x3 depthwise convolution over planar rows: channel after channel, each with its
 * padding columns, so that there are no borders. Weights channel after channel, nine each. The row it writes
 * has pixel after pixel again. */

typedef struct dew_depthwise_planar {
  const int8_t* weights;
  dew_paired_scale scale;
  uint16_t pitch; /* bytes of a channel in the input: its pixels and padding columns */
  uint16_t out_width, channels;
  uint8_t stride; /* 1 or 2 */
} dew_depthwise_planar;

/* Two neighbouring outputs of stride 1 share four of their six pixels of a row. */
static inline void dew_slide_two(const int8_t* p, int32_t w0, int32_t w1, int32_t w2, int32_t* a,
                                 int32_t* b) {
  const int32_t left = p[0], middle = p[1], right = p[2], last = p[3];
  *a += left * w0 + middle * w1 + right * w2;
  *b += middle * w0 + right * w1 + last * w2;
}

/* In plain C; unused where the core has better. */
#if defined(__GNUC__)
__attribute__((unused))
#endif
static void
dew_planar_row(const void* layer, const dew_row* row) {
  const dew_depthwise_planar* conv = (const dew_depthwise_planar*)layer;
  const int32_t stride = conv->stride, channels = conv->channels, zero_point = conv->scale.zero_point;
  const int32_t pitch = conv->pitch, width = conv->out_width;
  const int32_t* pairs = conv->scale.pairs;
  const int8_t *row0 = row->in[0], *row1 = row->in[1], *row2 = row->in[2], *weights = conv->weights;
  int32_t c;
  for (c = 0; c < channels; c++, weights += 9, pairs += 2, row0 += pitch, row1 += pitch, row2 += pitch) {
    /* Copied, or every output written would make the compiler read them again. */
    const int32_t w0 = weights[0], w1 = weights[1], w2 = weights[2], w3 = weights[3], w4 = weights[4],
                  w5 = weights[5], w6 = weights[6], w7 = weights[7], w8 = weights[8];
    const int32_t bias = pairs[0], multiplier = pairs[1];
    const int8_t* shift = dew_shift_of(&conv->scale, c);
    const int8_t *p0 = row0, *p1 = row1, *p2 = row2;
    int8_t* out = row->out + c;
    int32_t x = width;
    if (stride == 1) {
      for (; x > 1; x -= 2, p0 += 2, p1 += 2, p2 += 2, out += 2 * channels) {
        int32_t a = bias, b = bias;
        dew_slide_two(p0, w0, w1, w2, &a, &b);
        dew_slide_two(p1, w3, w4, w5, &a, &b);
        dew_slide_two(p2, w6, w7, w8, &a, &b);
        out[0] = dew_paired_end(a, multiplier, shift, zero_point);
        out[channels] = dew_paired_end(b, multiplier, shift, zero_point);
      }
    }
    for (; x > 0; x--, p0 += stride, p1 += stride, p2 += stride, out += channels) {
      const int32_t acc = bias + p0[0] * w0 + p0[1] * w1 + p0[2] * w2 + p1[0] * w3 + p1[1] * w4 + p1[2] * w5 +
                          p2[0] * w6 + p2[1] * w7 + p2[2] * w8;
      *out = dew_paired_end(acc, multiplier, shift, zero_point);
    }
  }
  dew_paired_clamp(&conv->scale, row->out, (uint32_t)channels * (uint32_t)width);
}

/* dew_depthwise_planar: a row as dew_planar describes it on cores with the DSP extension, else in plain C.
 * One byte behind the last weight is read, and one behind a row. */

#if DEW_DSP && !DEW_ROUNDING_TFLITE

/* Read by the assembly at offsets 0, 4, 8, ... */
typedef struct dew_slide {
  const int8_t *row0, *row1, *row2;
  int8_t* out;
  int32_t twos, ones; /* outputs computed two and one at a time */
  const int8_t* weights;
  int32_t bias, multiplier, zero_point, step;
} dew_slide;

/* One input row: four pixels from `p` on become the pairs 0 2 in r2 and 1 3 in r3. */
#define DEW_FOUR_PIXELS(p) \
  "ldr r3, [" p            \
  "], #2\n"                \
  "sxtb16 r2, r3\n"        \
  "sxtb16 r3, r3, ror #8\n"
/* Taps 0 and 2 are one product of pairs, tap 1 is the half word that `half` names. */
#define DEW_TAPS_FIRST(pair, middle, half) \
  "smlad r0, r2, " pair                    \
  ", r0\n"                                 \
  "smlab" half " r0, r3, " middle ", r0\n"
#define DEW_TAPS_SECOND(pair, middle, half) \
  "smlad r1, r3, " pair                     \
  ", r1\n"                                  \
  "smlat" half " r1, r2, " middle ", r1\n"

/* One channel's row. r4, r7, r11 the input rows, r5, r6, r8 taps 0 and 2 of each, r10 and r9 their taps 1. */
static void dew_slide_channel(dew_slide* slide) {
  register dew_slide* work __asm__("r0") = slide;
  __asm__ volatile(
      "push {r0, r7}\n"
      "sub sp, sp, #24\n"
      "ldrd r1, r2, [r0, #28]\n"
      "ldrd r3, r4, [r0, #36]\n"
      "strd r1, r2, [sp]\n"
      "strd r3, r4, [sp, #8]\n"
      "ldrd r1, r2, [r0, #20]\n"
      "str r1, [sp, #16]\n"
      "ldr r1, [r2]\n"
      "ldr r3, [r2, #3]\n"
      "ldr r4, [r2, #6]\n"
      "sxtb16 r5, r1\n"
      "sxtb16 r1, r1, ror #8\n"
      "sxtb16 r6, r3\n"
      "sxtb16 r3, r3, ror #8\n"
      "sxtb16 r8, r4\n"
      "sxtb16 r9, r4, ror #8\n"
      "pkhbt r10, r1, r3, lsl #16\n"
      "ldrd r4, r7, [r0]\n"
      "ldrd r11, r12, [r0, #8]\n"
      "ldr lr, [r0, #16]\n"
      "cmp lr, #0\n"
      "beq 2f\n"
      "1:\n"
      "ldr r0, [sp]\n"
      "mov r1, r0\n" DEW_FOUR_PIXELS("r4") DEW_TAPS_FIRST("r5", "r10", "b") DEW_TAPS_SECOND("r5", "r10", "b")
          DEW_FOUR_PIXELS("r7") DEW_TAPS_FIRST("r6", "r10", "t") DEW_TAPS_SECOND("r6", "r10", "t")
              DEW_FOUR_PIXELS("r11") DEW_TAPS_FIRST("r8", "r9", "b") DEW_TAPS_SECOND("r8", "r9", "b")
      "ldrd r2, r3, [sp, #4]\n"
      "smmlar r0, r0, r2, r3\n"
      "smmlar r1, r1, r2, r3\n"
      "ldr r2, [sp, #12]\n"
      "ssat r0, #8, r0\n"
      "ssat r1, #8, r1\n"
      "strb r0, [r12]\n"
      "strb r1, [r12, r2]\n"
      "add r12, r12, r2, lsl #1\n"
      "subs lr, #1\n"
      "bne 1b\n"
      "2:\n"
      "ldr lr, [sp, #16]\n"
      "cmp lr, #0\n"
      "beq 4f\n"
      "3:\n"
      "ldr r0, [sp]\n" DEW_FOUR_PIXELS("r4") DEW_TAPS_FIRST("r5", "r10", "b") DEW_FOUR_PIXELS("r7")
          DEW_TAPS_FIRST("r6", "r10", "t") DEW_FOUR_PIXELS("r11") DEW_TAPS_FIRST("r8", "r9", "b")
      "ldrd r2, r3, [sp, #4]\n"
      "smmlar r0, r0, r2, r3\n"
      "ldr r2, [sp, #12]\n"
      "ssat r0, #8, r0\n"
      "strb r0, [r12]\n"
      "add r12, r12, r2\n"
      "subs lr, #1\n"
      "bne 3b\n"
      "4:\n"
      "add sp, sp, #24\n"
      "pop {r0, r7}\n"
      : "+r"(work)
      :
      : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

static void dew_depthwise_planar_row(const void* layer, const dew_row* row) {
  const dew_depthwise_planar* conv = (const dew_depthwise_planar*)layer;
  const int32_t *pairs = conv->scale.pairs, *end = pairs + 2 * conv->channels;
  const int8_t *row0 = row->in[0], *row1 = row->in[1], *row2 = row->in[2], *weights = conv->weights;
  int8_t* out = row->out;
  dew_slide slide;
  slide.twos = conv->stride == 1 ? conv->out_width / 2 : 0;
  slide.ones = conv->out_width - 2 * slide.twos;
  slide.zero_point = conv->scale.zero_point;
  slide.step = conv->channels;
  for (; pairs < end; pairs += 2) {
    slide.row0 = row0;
    slide.row1 = row1;
    slide.row2 = row2;
    slide.out = out++;
    slide.weights = weights;
    slide.bias = pairs[0];
    slide.multiplier = pairs[1];
    dew_slide_channel(&slide);
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

/* dew_mean: the mean over rows and columns, one row at a time into 32-bit sums. */

typedef struct dew_mean {
  int32_t start; /* minus the input's zero point times the number of pixels */
  int32_t multiplier;
  int8_t shift, zero_point, low, high;
  uint16_t width, channels;
} dew_mean;

/* Adds a pixel's channels to the sums. */
static inline void dew_mean_add(const int8_t* in, int32_t* sums, int32_t channels) {
#if DEW_MVE
  __asm__ volatile(
      "dlstp.32 lr, %[channels]\n"
      "1:\n"
      "vldrb.s32 q0, [%[in]], #4\n"
      "vldrw.u32 q1, [%[sums]]\n"
      "vadd.i32 q0, q0, q1\n"
      "vstrw.32 q0, [%[sums]], #16\n"
      "letp lr, 1b\n"
      : [in] "+l"(in), [sums] "+r"(sums)
      : [channels] "r"(channels)
      : "lr", "q0", "q1", "memory");
#else
  int32_t c;
  for (c = 0; c < channels; c++) sums[c] += in[c];
#endif
}

static void dew_mean_row(const void* layer, const dew_row* row) {
  const dew_mean* mean = (const dew_mean*)layer;
  const int32_t channels = mean->channels;
  const int8_t* in = row->in[0];
  int32_t* sums = (int32_t*)row->scratch;
  int32_t x, c;
  if (row->index == 0) {
    for (c = 0; c < channels; c++) sums[c] = mean->start;
  }
  for (x = 0; x < mean->width; x++, in += channels) dew_mean_add(in, sums, channels);
  if (!row->last) return;
  for (c = 0; c < channels; c++) {
    row->out[c] = dew_clamp(dew_requantize(sums[c], mean->multiplier, mean->shift, mean->zero_point),
                            mean->low, mean->high);
  }
}

/* dew_softmax: as TensorFlow Lite defines it in fixed point; the exponentials of all differences stand in a
 * table that was computed when the model was compiled. */

typedef struct dew_softmax {
  const int32_t* exponential; /* Q0.31, by largest - value; from `entries` on it is 0 */
  uint16_t entries;
  uint16_t depth;
  uint32_t count; /* bytes of a row, a multiple of depth */
} dew_softmax;

/* a * b / 2^31, rounded; the operands are never both the least number. */
static int32_t dew_doubling_product(int32_t a, int32_t b) {
  const int64_t product = (int64_t)a * b;
  return (int32_t)((product + (product >= 0 ? 0x40000000 : -0x3FFFFFFF)) / 0x80000000LL);
}

static int32_t dew_rounding_shift(int32_t x, int32_t exponent) {
  int32_t mask;
  if (exponent > 31) return 0;
  mask = (int32_t)(((uint32_t)1 << exponent) - 1);
  return (x >> exponent) + ((x & mask) > (mask >> 1) + (x < 0));
}

/* 1 / (1 + x) in Q0.31 for x in [0, 1) in Q0.31: Newton and Raphson, three steps in Q2.29. */
static int32_t dew_one_over_one_plus(int32_t x) {
  const int32_t half = (int32_t)(((int64_t)x + 0x80000000LL) / 2);
  int32_t y = 1515870810 + dew_doubling_product(half, -1010580540);
  int32_t step;
  for (step = 0; step < 3; step++) {
    const int32_t error = ((int32_t)1 << 29) - dew_doubling_product(half, y);
    y += dew_doubling_product(y, error) * 4;
  }
  return y > INT32_MAX / 2 ? INT32_MAX : y * 2;
}

static void dew_softmax_row(const void* layer, const dew_row* row) {
  const dew_softmax* softmax = (const dew_softmax*)layer;
  const int8_t* in = row->in[0];
  int8_t *out = row->out, *end = out + softmax->count;
  for (; out < end; in += softmax->depth, out += softmax->depth) {
    int32_t largest = -128, sum = 0, headroom = 0, reciprocal, i;
    for (i = 0; i < softmax->depth; i++) largest = in[i] > largest ? in[i] : largest;
    for (i = 0; i < softmax->depth; i++) {
      const int32_t difference = largest - in[i];
      if (difference < softmax->entries) sum += dew_rounding_shift(softmax->exponential[difference], 12);
    }
    while (((uint32_t)sum << headroom) < 0x80000000U) headroom++;
    reciprocal = dew_one_over_one_plus((int32_t)(((uint32_t)sum << headroom) - 0x80000000U));
    for (i = 0; i < softmax->depth; i++) {
      const int32_t difference = largest - in[i];
      int32_t y = 0;
      if (difference < softmax->entries) {
        y = dew_rounding_shift(dew_doubling_product(reciprocal, softmax->exponential[difference]),
                               12 - headroom + 23);
      }
      out[i] = (int8_t)(y > 255 ? 127 : y - 128);
    }
  }
}

static const int8_t padding_1[18] = {
  -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3,
};
static const int8_t weights_1[112] = {
  29, -90, 116, 23, -61, 51, -69, -101, 9, -22, 115, 50, -2, -22, 10, -115, 68, 9, -116, 42, -92, 4, 75, 113,
  -120, 22, 98, 0, 103, 10, -92, -13, -92, 100, 78, -31, -26, 10, -85, 39, 109, -35, -39, 18, 64, 35, 58, -95,
  98, 49, 32, 38, 64, -37, -39, 0, 67, -59, -37, 101, 64, -18, 97, 119, -125, 42, 0, 31, -109, -98, 73, 115,
  -111, -13, -37, 20, 113, -23, -31, -67, 67, 103, 69, 0, 19, -51, -127, 70, 30, -89, -44, 20, 7, -125, 98,
  53, -36, -7, 104, 67, 31, -8, -123, -59, 110, 85, 49, 13, 127, -110, -84, 0,
};
static const int32_t pairs_1[8] = {
  72, 3208778, 963, 12945921, 1059, 10059795, 60, 2338014,
};
static const int8_t weights_2[37] = {
  -54, 29, 64, -18, -88, 106, 30, 39, -52, -68, -29, 63, -93, -97, -100, 54, -124, 119, 55, -19, -18, -35,
  111, 72, -118, -94, -35, 78, 93, 14, -112, -116, -70, 15, -109, 17, 0,
};
static const int32_t pairs_2[8] = {
  7819, 6960428, -36231, 8000009, -6607, 18420726, -27920, 6793702,
};
static const int8_t padding_2[36] = {
  -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
  -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
};
static const int8_t weights_4[8] = {
  -123, 39, -110, -117, -3, 80, 27, 67,
};
static const int32_t pairs_4[4] = {
  3405, 18454604, -2953, 20888916,
};
static const int32_t exponential_5[256] = {
  2147483647, 2104960427, 2063279556, 2022423914, 1982377261, 1943123572, 1904647154, 1866932594, 1829964861,
  1793729143, 1758210963, 1723396118, 1689270790, 1655820437, 1623033153, 1590894991, 1559393189, 1528515147,
  1498248526, 1468581202, 1439501351, 1410997323, 1383057722, 1355671370, 1328827385, 1302515061, 1276723056,
  1251442311, 1226662129, 1202372606, 1178564040, 1155226895, 1132351875, 1109929811, 1087951737, 1066408856,
  1045292601, 1024594542, 1004305877, 984419369, 964926603, 945819794, 927091314, 908733667, 890739538,
  873101718, 855813150, 838866913, 822256262, 805974563, 790015332, 774371677, 759038141, 744008201,
  729275860, 714835224, 700680541, 686806140, 673206470, 659876084, 646809676, 634002020, 621448012,
  609142306, 597080538, 585257578, 573668712, 562309306, 551174838, 540260847, 529562968, 519076914,
  508798509, 498723640, 488848290, 479168520, 469680171, 460379911, 451263792, 442328168, 433569486,
  424984237, 416568987, 408320364, 400235083, 392309905, 384541669, 376927273, 369463491, 362147658,
  354976670, 347947662, 341057840, 334304443, 327684773, 321196176, 314836068, 308601900, 302491183,
  296501476, 290630403, 284875429, 279234536, 273705326, 268285600, 262973191, 257765974, 252661863,
  247658824, 242754853, 237947989, 233236313, 228617951, 224090938, 219653661, 215304234, 211040928,
  206862040, 202765898, 198750862, 194815332, 190957731, 187176517, 183470177, 179837239, 176276253,
  172785684, 169364307, 166010674, 162723445, 159501305, 156342966, 153247169, 150212672, 147238263,
  144322751, 141464977, 138663799, 135918027, 133226680, 130588621, 128002796, 125468171, 122983734,
  120548493, 118161474, 115821720, 113528296, 111280289, 109076801, 106916954, 104799815, 102724646,
  100690565, 98696760, 96742432, 94826804, 92949108, 91108592, 89304521, 87536175, 85802847, 84103847,
  82438450, 80806067, 79206004, 77637621, 76100293, 74593406, 73116358, 71668558, 70249424, 68858393,
  67494908, 66158425, 64848410, 63564302, 62305649, 61071916, 59862611, 58677252, 57515365, 56376484,
  55260155, 54165931, 53093375, 52042058, 51011562, 50001448, 49011358, 48040870, 47089598, 46157161,
  45243189, 44347314, 43469178, 42608430, 41764727, 40937732, 40127113, 39332550, 38553698, 37790287,
  37041989, 36308509, 35589553, 34884833, 34194066, 33516979, 32853298, 32202760, 31565104, 30940077,
  30327412, 29726892, 29138261, 28561285, 27995734, 27441381, 26898005, 26365389, 25843320, 25331588,
  24829989, 24338325, 23856398, 23384001, 22920968, 22467103, 22022224, 21586155, 21158721, 20739750,
  20329075, 19926533, 19531961, 19145204, 18766105, 18394505, 18030271, 17673249, 17323295, 16980271,
  16644039, 16314465, 15991417, 15674766, 15364385, 15060150, 14761940, 14469637, 14183113, 13902270,
  13626987, 13357154, 13092665,
};

/* Conv2D 6x6x3 -> 6x6x4 */
static const dew_tiled layer_1 = {
    .weights = weights_1, .zero = padding_1, .scale = {.pairs = pairs_1, .shift = 0, .zero_point = -128,
    .low = -128, .high = -8}, .in_width = 6, .in_channels = 3, .out_width = 6, .out_channels = 4,
    .kernel_height = 3, .kernel_width = 3, .stride = 1, .dilation = 1, .pad = 1, .tile = 3, .blocks = 7,
    .pixel_step = 1, .channel_step = 8, .pad_before = 1, .pad_after = 1};
/* DepthwiseConv2D 6x6x4 -> 6x6x4 */
static const dew_depthwise_planar layer_2 = {
    .weights = weights_2, .scale = {.pairs = pairs_2, .shift = 0, .zero_point = -128, .low = -128,
    .high = -8}, .pitch = 8, .out_width = 6, .channels = 4, .stride = 1};
/* Mean 6x6x4 -> 1x1x4 */
static const dew_mean layer_3 = {
    .start = 4608, .multiplier = 298261629, .shift = 0, .zero_point = 21, .low = -128, .high = 127,
    .width = 6, .channels = 4};
/* FullyConnected 1x1x4 -> 1x1x2 */
static const dew_tiled layer_4 = {
    .weights = weights_4, .zero = 0, .scale = {.pairs = pairs_4, .shift = 0, .zero_point = -22, .low = -128,
    .high = 127}, .in_width = 1, .in_channels = 4, .out_width = 1, .out_channels = 2, .kernel_height = 1,
    .kernel_width = 1, .stride = 1, .dilation = 1, .pad = 0, .tile = 1, .blocks = 1, .pixel_step = 2,
    .channel_step = 1, .pad_before = 0, .pad_after = 0};
/* Softmax 1x1x2 -> 1x1x2 */
static const dew_softmax layer_5 = {
    .exponential = exponential_5, .entries = 256, .depth = 2, .count = 2};

static const dew_step steps[] = {
    /* 0: Image 6x6x3 */
    {
        .zero = 0, .offset = 388, .row_bytes = 18, .scratch = 0, .rows = 6, .ring = 3, .events = 6, .in = 0,
        .in2 = DEW_NONE, .extent = 0, .taps = 0, .dilation = 0, .stride = 0, .pad = 0},
    /* 1: Conv2D 6x6x3 -> 6x6x4 */
    {
        .run = dew_twin_row, .layer = &layer_1, .zero = padding_1, .offset = 280, .row_bytes = 36,
        .scratch = 0, .rows = 6, .ring = 3, .events = 6, .in = 0, .in2 = DEW_NONE, .extent = 3, .taps = 3,
        .dilation = 1, .stride = 1, .pad = 1},
    /* 2: DepthwiseConv2D 6x6x4 -> 6x6x4 */
    {
        .run = dew_depthwise_planar_row, .layer = &layer_2, .zero = padding_2, .offset = 444, .row_bytes = 24,
        .scratch = 0, .rows = 6, .ring = 1, .events = 6, .in = 1, .in2 = DEW_NONE, .extent = 3, .taps = 3,
        .dilation = 1, .stride = 1, .pad = 1},
    /* 3: Mean 6x6x4 -> 1x1x4 */
    {
        .run = dew_mean_row, .layer = &layer_3, .zero = 0, .offset = 484, .row_bytes = 4, .scratch = 468,
        .rows = 1, .ring = 1, .events = 6, .in = 2, .in2 = DEW_NONE, .extent = 1, .taps = 1, .dilation = 1,
        .stride = 1, .pad = 0},
    /* 4: FullyConnected 1x1x4 -> 1x1x2 */
    {
        .run = dew_twin_row, .layer = &layer_4, .zero = 0, .offset = 0, .row_bytes = 2, .scratch = 0,
        .rows = 1, .ring = 1, .events = 1, .in = 3, .in2 = DEW_NONE, .extent = 1, .taps = 1, .dilation = 1,
        .stride = 1, .pad = 0},
    /* 5: Softmax 1x1x2 -> 1x1x2 */
    {
        .run = dew_softmax_row, .layer = &layer_5, .zero = 0, .offset = 4, .row_bytes = 2, .scratch = 0,
        .rows = 1, .ring = 1, .events = 1, .in = 4, .in2 = DEW_NONE, .extent = 1, .taps = 1, .dilation = 1,
        .stride = 1, .pad = 0},
};

/* The first step of each wave, and the number of steps. */
static const uint16_t waves[] = {0, 4, 6};

static const dew_net net = {steps, waves, 2};

const char *const dew_tiny_classes[DEW_TINY_CLASSES] = {"yes", "no"};

/* Takes a row of the image: each byte XORed with `flip`, since the net counts from -128. */
static void push(dew_tiny_t *m, const uint8_t *row, uint8_t flip) {
  uint8_t *to = dew_image_row(&net, m->arena, m->done);
  if (!to) return;
  dew_copy_row(to, row, 18, flip);
  dew_image_pushed(&net, m->arena, m->done);
}

/* Runs what is left; the net's output. */
static const int8_t *complete(dew_tiny_t *m) {
  dew_finish(&net, m->arena, m->done);
  return (const int8_t *)(m->arena + steps[5].offset);
}

void dew_tiny_init(dew_tiny_t *m, uint8_t *arena) {
  m->arena = arena;
  dew_tiny_begin(m);
}

void dew_tiny_begin(dew_tiny_t *m) { dew_begin(&net, m->done); }

void dew_tiny_push_row(dew_tiny_t *m, const uint8_t *row) { push(m, row, 0x80); }

void dew_tiny_finish(dew_tiny_t *m, dew_tiny_result *result) {
  const int8_t *scores = complete(m);
  int i;
  result->top = 0;
  for (i = 0; i < DEW_TINY_CLASSES; i++) {
    result->scores[i] = scores[i];
    if (result->scores[i] > result->scores[result->top]) result->top = i;
  }
}

void dew_tiny_run(dew_tiny_t *m, const uint8_t *rgb, dew_tiny_result *result) {
  int y;
  dew_tiny_begin(m);
  for (y = 0; y < 6; y++) dew_tiny_push_row(m, rgb + y * 18);
  dew_tiny_finish(m, result);
}

void dew_tiny_run_tensor(dew_tiny_t *m, const void *input, void *output) {
  const uint8_t *in = (const uint8_t *)input;
  uint8_t *out = (uint8_t *)output;
  const int8_t *made;
  int i;
  dew_tiny_begin(m);
  for (i = 0; i < 6; i++) push(m, in + i * 18, 0);
  made = complete(m);
  for (i = 0; i < 2; i++) out[i] = (uint8_t)made[i];
}
