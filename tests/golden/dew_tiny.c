/* dew_tiny: made by Dewdrop; do not edit. Kernels first, then the model, then the interface of dew_tiny.h. */
#include "dew_tiny.h"

#include <string.h>

#define DEW_ROUNDING_TFLITE 0
#define DEW_MAX_TAPS 3

/* dew_types: what the compiler's tables are made of.
 *
 * A net is a list of steps. A step makes one tensor, row by row; a tensor is `rows` rows of `row_bytes` bytes
 * (NHWC, so a row is W pixels of C channels), of which the arena keeps the newest `ring`. */

/* What a kernel gets: the rows it reads and the row it writes. */
typedef struct dew_row {
  const int8_t* const* in; /* top first; a row above or below the image is a row of zero points */
  const int8_t* in2;       /* the second operand's row, where there is one */
  int8_t* out;
  void* scratch; /* 4-byte aligned; kept from row to row by kernels that accumulate */
  int32_t index; /* 0, 1, ...: how often it has run for this image */
  int32_t last;  /* not 0: it runs for the last time */
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

/* The second operand of a sum or product: a step's row, or a constant; shorter than the row, it repeats. */
typedef struct dew_operand {
  const int8_t* constant; /* null: the row of step in2 */
  uint32_t step;          /* from one row of the constant to the next */
  uint32_t period;        /* bytes after which it repeats */
} dew_operand;

/* dew_engine: runs a net's steps in the order of the rows.
 *
 * Within a wave a row travels as deep as it can: after a step has run, the one behind it is tried; where a
 * step cannot run, the one before it is. The compiler ran this very code to size the rings, so that a row
 * is never overwritten while it is still needed. */

#ifndef DEW_MAX_TAPS
#define DEW_MAX_TAPS 255
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
  step->run(step->layer, &row);
}

static void dew_run_wave(const dew_step* steps, uint8_t* arena, uint16_t* done, int32_t first, int32_t last) {
  int32_t i = first - 1;
  while ((i = dew_next(steps, done, first, last, i)) >= 0) {
    dew_run_step(steps, arena, i, done[i]);
    done[i]++;
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

/* The row is there: runs all that waited for it. */
static void dew_image_pushed(const dew_net* net, uint8_t* arena, uint16_t* done) {
  done[0]++;
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

/* dew_requantize: a 32-bit accumulator becomes an int8 (docs/numeric-contract.md).
 *
 * DEW_ROUNDING_TFLITE 0: y = zero_point + ((acc * multiplier + 2^31) >> 32), one rounding; on cores with the
 * DSP extension it is one SMMLAR. 1: TensorFlow Lite's two roundings. */

#ifndef DEW_ROUNDING_TFLITE
#define DEW_ROUNDING_TFLITE 0
#endif

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
static inline int32_t dew_requantize(int32_t acc, int32_t multiplier, int32_t shift, int32_t zero_point) {
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
  int32_t y;
  if (shift > 0) acc = dew_shift_left(acc, shift);
  __asm__("smmlar %0, %1, %2, %3" : "=r"(y) : "r"(acc), "r"(multiplier), "r"(zero_point));
  return y;
#else
  if (shift > 0) acc = dew_shift_left(acc, shift);
  return (int32_t)(((int64_t)acc * multiplier + 0x80000000LL) >> 32) + zero_point;
#endif
}
#endif

/* dew_channel: how a channel's accumulator ends. */

/* Channel c's accumulator, its bias already in it. */
static inline int8_t dew_finish_channel(const dew_scale* scale, int32_t c, int32_t acc) {
  const int32_t shift = scale->shift ? scale->shift[c] : 0;
  return dew_clamp(dew_requantize(acc, scale->multiplier[c], shift, scale->zero_point), scale->low,
                   scale->high);
}

/* dew_convolution: one row of any convolution, in plain C; weights OHWI. */

typedef struct dew_convolution {
  const int8_t* weights;
  const int8_t* zero; /* a pixel of the input's zero point, for columns outside */
  dew_scale scale;
  uint16_t in_width, in_channels, out_width, out_channels;
  uint8_t kernel_height, kernel_width, stride, dilation, pad;
} dew_convolution;

static inline int32_t dew_dot(const int8_t* a, const int8_t* b, int32_t count, int32_t acc) {
  for (; count > 0; count--) acc += *a++ * *b++;
  return acc;
}

static void dew_convolution_row(const void* layer, const dew_row* row) {
  const dew_convolution* conv = (const dew_convolution*)layer;
  const int32_t channels = conv->in_channels;
  int8_t* out = row->out;
  int32_t x, o, ky, kx;
  for (x = 0; x < conv->out_width; x++) {
    const int32_t left = x * conv->stride - conv->pad;
    const int8_t* weights = conv->weights;
    for (o = 0; o < conv->out_channels; o++) {
      int32_t acc = conv->scale.bias[o];
      for (ky = 0; ky < conv->kernel_height; ky++) {
        for (kx = 0; kx < conv->kernel_width; kx++, weights += channels) {
          const int32_t column = left + kx * conv->dilation;
          const int inside = column >= 0 && column < conv->in_width;
          acc = dew_dot(inside ? row->in[ky] + column * channels : conv->zero, weights, channels, acc);
        }
      }
      *out++ = dew_finish_channel(&conv->scale, o, acc);
    }
  }
}

/* dew_depthwise: one row of a depthwise convolution, in plain C; weights HWC. */

typedef struct dew_depthwise {
  const int8_t* weights;
  const int8_t* zero; /* a pixel of the input's zero point, for columns outside */
  dew_scale scale;
  uint16_t in_width, in_channels, out_width;
  uint8_t kernel_height, kernel_width, stride, dilation, pad;
  uint8_t multiplier; /* output channels for each input channel */
} dew_depthwise;

static void dew_depthwise_row(const void* layer, const dew_row* row) {
  const dew_depthwise* conv = (const dew_depthwise*)layer;
  const int32_t channels = conv->in_channels, outs = channels * conv->multiplier;
  int8_t* out = row->out;
  int32_t x, c, m, ky, kx, o;
  for (x = 0; x < conv->out_width; x++) {
    const int32_t left = x * conv->stride - conv->pad;
    for (c = 0, o = 0; c < channels; c++) {
      for (m = 0; m < conv->multiplier; m++, o++) {
        const int8_t* weight = conv->weights + o;
        int32_t acc = conv->scale.bias[o];
        for (ky = 0; ky < conv->kernel_height; ky++) {
          for (kx = 0; kx < conv->kernel_width; kx++, weight += outs) {
            const int32_t column = left + kx * conv->dilation;
            const int inside = column >= 0 && column < conv->in_width;
            acc += (inside ? row->in[ky][column * channels + c] : conv->zero[c]) * *weight;
          }
        }
        *out++ = dew_finish_channel(&conv->scale, o, acc);
      }
    }
  }
}

/* dew_mean: the mean over rows and columns, one row at a time into 32-bit sums. */

typedef struct dew_mean {
  int32_t start; /* minus the input's zero point times the number of pixels */
  int32_t multiplier;
  int8_t shift, zero_point, low, high;
  uint16_t width, channels;
} dew_mean;

static void dew_mean_row(const void* layer, const dew_row* row) {
  const dew_mean* mean = (const dew_mean*)layer;
  const int32_t channels = mean->channels;
  const int8_t* in = row->in[0];
  int32_t* sums = (int32_t*)row->scratch;
  int32_t x, c;
  if (row->index == 0) {
    for (c = 0; c < channels; c++) sums[c] = mean->start;
  }
  for (x = 0; x < mean->width; x++) {
    for (c = 0; c < channels; c++) sums[c] += *in++;
  }
  if (!row->last) return;
  for (c = 0; c < channels; c++) {
    row->out[c] = dew_clamp(dew_requantize(sums[c], mean->multiplier, mean->shift, mean->zero_point),
                            mean->low, mean->high);
  }
}

/* dew_pointwise: one row of a 1x1 convolution of stride 1, or a dense layer as a row of one pixel; plain C.
 *
 * Two pixels by two channels at a time: four loads for four products. Weights OI. */

typedef struct dew_pointwise {
  const int8_t* weights;
  dew_scale scale;
  uint16_t width, in_channels, out_channels;
} dew_pointwise;

static void dew_pointwise_row(const void* layer, const dew_row* row) {
  const dew_pointwise* conv = (const dew_pointwise*)layer;
  const int32_t ins = conv->in_channels, outs = conv->out_channels;
  const int8_t* in = row->in[0];
  int8_t* out = row->out;
  int32_t x, o, k;
  for (x = 0; x < conv->width; x += 2) {
    /* An odd pixel or channel at the end is computed twice, into the same place. */
    const int32_t next_pixel = x + 1 < conv->width ? 1 : 0;
    for (o = 0; o < outs; o += 2) {
      const int32_t next = o + 1 < outs ? 1 : 0;
      const int8_t *w0 = conv->weights + o * ins, *w1 = w0 + next * ins;
      const int8_t *x0 = in, *x1 = in + next_pixel * ins;
      int8_t* out1 = out + next_pixel * outs;
      int32_t a00 = conv->scale.bias[o], a01 = conv->scale.bias[o + next], a10 = a00, a11 = a01;
      for (k = 0; k < ins; k++) {
        a00 += x0[k] * w0[k];
        a01 += x0[k] * w1[k];
        a10 += x1[k] * w0[k];
        a11 += x1[k] * w1[k];
      }
      out[o] = dew_finish_channel(&conv->scale, o, a00);
      out[o + next] = dew_finish_channel(&conv->scale, o + next, a01);
      out1[o] = dew_finish_channel(&conv->scale, o, a10);
      out1[o + next] = dew_finish_channel(&conv->scale, o + next, a11);
    }
    in += 2 * ins;
    out += 2 * outs;
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
static int32_t dew_high_product(int32_t a, int32_t b) {
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
  int32_t y = 1515870810 + dew_high_product(half, -1010580540);
  int32_t step;
  for (step = 0; step < 3; step++) {
    const int32_t error = ((int32_t)1 << 29) - dew_high_product(half, y);
    y += dew_high_product(y, error) * 4;
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
        y = dew_rounding_shift(dew_high_product(reciprocal, softmax->exponential[difference]),
                               12 - headroom + 23);
      }
      out[i] = (int8_t)(y > 255 ? 127 : y - 128);
    }
  }
}

static const int8_t weights_1[108] = {
  29, -90, 116, 23, -61, 51, -69, -101, 9, -22, 115, 50, -2, -22, 10, -115, 68, 9, -116, 42, -92, 4, 75, 113,
  -120, 22, 98, 103, 10, -92, -13, -92, 100, 78, -31, -26, 10, -85, 39, 109, -35, -39, 18, 64, 35, 58, -95,
  98, 49, 32, 38, 64, -37, -39, 67, -59, -37, 101, 64, -18, 97, 119, -125, 42, 0, 31, -109, -98, 73, 115,
  -111, -13, -37, 20, 113, -23, -31, -67, 67, 103, 69, 19, -51, -127, 70, 30, -89, -44, 20, 7, -125, 98, 53,
  -36, -7, 104, 67, 31, -8, -123, -59, 110, 85, 49, 13, 127, -110, -84,
};
static const int32_t bias_1[4] = {
  72, 963, 1059, 60,
};
static const int32_t multiplier_1[4] = {
  3208778, 12945921, 10059795, 2338014,
};
static const int8_t padding_1[18] = {
  -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3, -3,
};
static const int8_t weights_2[36] = {
  -54, -68, 55, 78, 29, -29, -19, 93, 64, 63, -18, 14, -18, -93, -35, -112, -88, -97, 111, -116, 106, -100,
  72, -70, 30, 54, -118, 15, 39, -124, -94, -109, -52, 119, -35, 17,
};
static const int32_t bias_2[4] = {
  7819, -36231, -6607, -27920,
};
static const int32_t multiplier_2[4] = {
  6960428, 8000009, 18420726, 6793702,
};
static const int8_t padding_2[24] = {
  -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
  -128, -128, -128, -128, -128, -128,
};
static const int8_t weights_4[8] = {
  -123, 39, -110, -117, -3, 80, 27, 67,
};
static const int32_t bias_4[2] = {
  3405, -2953,
};
static const int32_t multiplier_4[2] = {
  18454604, 20888916,
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
static const dew_convolution layer_1 = {
    .weights = weights_1, .zero = padding_1, .scale = {.bias = bias_1, .multiplier = multiplier_1, .shift = 0,
    .zero_point = -128, .low = -128, .high = -8}, .in_width = 6, .in_channels = 3, .out_width = 6,
    .out_channels = 4, .kernel_height = 3, .kernel_width = 3, .stride = 1, .dilation = 1, .pad = 1};
/* DepthwiseConv2D 6x6x4 -> 6x6x4 */
static const dew_depthwise layer_2 = {
    .weights = weights_2, .zero = padding_2, .scale = {.bias = bias_2, .multiplier = multiplier_2, .shift = 0,
    .zero_point = -128, .low = -128, .high = -8}, .in_width = 6, .in_channels = 4, .out_width = 6,
    .kernel_height = 3, .kernel_width = 3, .stride = 1, .dilation = 1, .pad = 1, .multiplier = 1};
/* Mean 6x6x4 -> 1x1x4 */
static const dew_mean layer_3 = {
    .start = 4608, .multiplier = 298261629, .shift = 0, .zero_point = 21, .low = -128, .high = 127,
    .width = 6, .channels = 4};
/* FullyConnected 1x1x4 -> 1x1x2 */
static const dew_pointwise layer_4 = {
    .weights = weights_4, .scale = {.bias = bias_4, .multiplier = multiplier_4, .shift = 0, .zero_point = -22,
    .low = -128, .high = 127}, .width = 1, .in_channels = 4, .out_channels = 2};
/* Softmax 1x1x2 -> 1x1x2 */
static const dew_softmax layer_5 = {
    .exponential = exponential_5, .entries = 256, .depth = 2, .count = 2};

static const dew_step steps[] = {
    /* 0: Image 6x6x3 */
    {
        .zero = 0, .offset = 72, .row_bytes = 18, .scratch = 0, .rows = 6, .ring = 3, .events = 6, .in = 0,
        .in2 = DEW_NONE, .extent = 0, .taps = 0, .dilation = 0, .stride = 0, .pad = 0},
    /* 1: Conv2D 6x6x3 -> 6x6x4 */
    {
        .run = dew_convolution_row, .layer = &layer_1, .zero = padding_1, .offset = 0, .row_bytes = 24,
        .scratch = 0, .rows = 6, .ring = 3, .events = 6, .in = 0, .in2 = DEW_NONE, .extent = 3, .taps = 3,
        .dilation = 1, .stride = 1, .pad = 1},
    /* 2: DepthwiseConv2D 6x6x4 -> 6x6x4 */
    {
        .run = dew_depthwise_row, .layer = &layer_2, .zero = padding_2, .offset = 128, .row_bytes = 24,
        .scratch = 0, .rows = 6, .ring = 1, .events = 6, .in = 1, .in2 = DEW_NONE, .extent = 3, .taps = 3,
        .dilation = 1, .stride = 1, .pad = 1},
    /* 3: Mean 6x6x4 -> 1x1x4 */
    {
        .run = dew_mean_row, .layer = &layer_3, .zero = 0, .offset = 168, .row_bytes = 4, .scratch = 152,
        .rows = 1, .ring = 1, .events = 6, .in = 2, .in2 = DEW_NONE, .extent = 1, .taps = 1, .dilation = 1,
        .stride = 1, .pad = 0},
    /* 4: FullyConnected 1x1x4 -> 1x1x2 */
    {
        .run = dew_pointwise_row, .layer = &layer_4, .zero = 0, .offset = 0, .row_bytes = 2, .scratch = 0,
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
  uint32_t i;
  if (!to) return;
  for (i = 0; i < 18; i++) to[i] = row[i] ^ flip;
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
