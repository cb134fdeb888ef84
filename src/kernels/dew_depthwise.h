/* dew_depthwise: one row of a depthwise convolution with any window, stride, dilation and multiplier, four
 * channels of a pixel at a time.
 *
 * All channels of an output pixel read the same input pixels, one for each tap; outside the image that is a
 * pixel of zero points. A multiplier of m is m convolutions with one output channel for each input channel,
 * so biases, multipliers and shifts are stored one such convolution after the other. In each, weights are
 * stored by groups of four channels and then by taps; if the number of channels is no multiple of four, the
 * last group overlaps the one before it, and fewer than four are one group. */
#ifndef DEW_DEPTHWISE_H
#define DEW_DEPTHWISE_H

#include "dew_channel.h"
#include "dew_sums.h"

/* Windows of more taps than this have their list of input pixels in scratch, others on the stack. A model
 * whose windows are smaller defines it as its largest. */
#ifndef DEW_STACK_TAPS
#define DEW_STACK_TAPS 64
#endif

typedef struct dew_depthwise {
  const int8_t* weights;
  const int8_t* zero; /* one pixel of the input's zero point, for columns outside the image */
  dew_scale scale;
  uint16_t in_width, in_channels, out_width;
  dew_small kernel_height, kernel_width, stride, dilation, pad;
  uint8_t multiplier; /* output channels for each input channel */
} dew_depthwise;

/* Finds the input pixels of output pixel x, whose window begins at column `left`. */
static void dew_depthwise_taps(const dew_depthwise* conv, const dew_row* row, int32_t left,
                               const int8_t** taps) {
  const int32_t width = conv->kernel_width, dilation = conv->dilation, channels = conv->in_channels;
  int32_t ky, kx, column;
  for (ky = 0; ky < conv->kernel_height; ky++) {
    for (kx = 0, column = left; kx < width; kx++, column += dilation) {
      const int inside = column >= 0 && column < conv->in_width;
      *taps++ = inside ? row->in[ky] + column * channels : conv->zero;
    }
  }
}

/* The channels of an output pixel where there are fewer than four. `at` is the first one's scale. */
static void dew_depthwise_few(const dew_depthwise* conv, const int8_t* const* taps, int32_t count,
                              const int8_t* weights, int32_t at, int8_t* out) {
  const int32_t channels = conv->in_channels;
  int32_t c, k;
  for (c = 0; c < channels; c++, out += conv->multiplier) {
    int32_t sum = conv->scale.bias[at + c];
    for (k = 0; k < count; k++) sum += taps[k][c] * weights[k * channels + c];
    *out = dew_finish_channel(&conv->scale, at + c, sum);
  }
}

static void dew_depthwise_fours(const dew_depthwise* conv, const int8_t* const* taps, int32_t count,
                                const int8_t* weights, int32_t at, int8_t* out) {
  const int32_t channels = conv->in_channels, times = conv->multiplier;
  int32_t c;
  for (c = 0; c < channels; c += 4, weights += 4 * count) {
    const int32_t first = c < channels - 4 ? c : channels - 4;
    dew_sums_end(dew_sums_add(dew_sums_of(conv->scale.bias + at + first), taps, count, first, weights),
                 &conv->scale, at + first, out + first * times, times);
  }
}

static void dew_depthwise_row(const void* layer, const dew_row* row) {
  const dew_depthwise* conv = (const dew_depthwise*)layer;
  const int32_t channels = conv->in_channels, count = conv->kernel_height * conv->kernel_width;
  const int32_t next = count * (channels < 4 ? channels : (channels + 3) & ~3);
  const int32_t span = (conv->kernel_width - 1) * conv->dilation, step = conv->stride * channels;
  const uintptr_t align = sizeof(const int8_t*) - 1;
  const int8_t* few[DEW_STACK_TAPS];
  const int8_t** taps =
      count <= DEW_STACK_TAPS ? few : (const int8_t**)(((uintptr_t)row->scratch + align) & ~align);
  int8_t* out = row->out;
  int32_t x, m, k, left = -conv->pad;
  for (x = 0; x < conv->out_width; x++, left += conv->stride, out += channels * conv->multiplier) {
    const int8_t* weights = conv->weights;
    if (left - conv->stride >= 0 && left + span < conv->in_width && x > 0) {
      for (k = 0; k < count; k++) taps[k] += step;
    } else {
      dew_depthwise_taps(conv, row, left, taps);
    }
    for (m = 0; m < conv->multiplier; m++, weights += next) {
      if (channels < 4) {
        dew_depthwise_few(conv, taps, count, weights, m * channels, out + m);
      } else {
        dew_depthwise_fours(conv, taps, count, weights, m * channels, out + m);
      }
    }
  }
}

#endif
