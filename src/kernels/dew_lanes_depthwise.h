/* dew_lanes_depthwise: one row of a depthwise convolution for machines with vectors (dew_vector.h): eight
 * channels in the lanes, two taps at a time. There are at least eight channels; where their number is no
 * multiple of eight, the last group overlaps the one before it. Weights are stored group by group, two taps
 * per channel. */
#ifndef DEW_LANES_DEPTHWISE_H
#define DEW_LANES_DEPTHWISE_H

#include "dew_channel.h"
#include "dew_vector.h"

#define DEW_LANES_TAPS 50

typedef struct dew_laned_depthwise {
  const int8_t* weights;
  const int8_t* zero; /* one pixel of the input's zero point, for columns outside the image */
  dew_scale scale;
  uint16_t in_width, channels, out_width;
  dew_small kernel_height, kernel_width, stride, dilation, pad;
} dew_laned_depthwise;

#if DEW_VECTOR

/* Turns sums into int8. */
static inline void dew_lanes_store(const dew_scale* scale, int32_t channel, dew_lanes8 lanes, int8_t* out) {
  int32_t sums[8], i;
#if !DEW_ROUNDING_TFLITE
  if (!scale->shift) {
    lanes = dew_lanes8_add(dew_lanes8_scaled(lanes, dew_lanes8_load(scale->multiplier + channel)),
                           dew_lanes8_all(scale->zero_point));
    dew_lanes8_clamp(lanes, scale->low, scale->high, out);
    return;
  }
#endif
  dew_lanes8_store(sums, lanes);
  for (i = 0; i < 8; i++) out[i] = dew_finish_channel(scale, channel + i, sums[i]);
}

/* One pixel of one group of channels; `pairs` pairs of taps. */
static inline void dew_lanes_group(const dew_laned_depthwise* conv, const int8_t* const* taps, int32_t pairs,
                                   int32_t channel, const int8_t* weights, int8_t* out) {
  dew_lanes8 lanes = dew_lanes8_load(conv->scale.bias + channel);
  int32_t i;
  for (i = 0; i < pairs; i++, weights += 16)
    lanes =
        dew_pairs_add(lanes, taps[2 * i] + channel, taps[2 * i + 1] + channel, dew_pairs_weights(weights));
  dew_lanes_store(&conv->scale, channel, lanes, out);
}

/* Pixels `from` to `to` of one group of channels, whose windows of 3 x 3 lie inside the image: the weights
 * are widened once for all of them. */
static inline void dew_lanes_three(const dew_laned_depthwise* conv, const dew_row* row, int32_t channel,
                                   const int8_t* weights, int32_t from, int32_t to) {
  const int32_t channels = conv->channels, step = conv->stride * channels;
  const int32_t one = conv->dilation * channels, two = 2 * one;
  const int32_t first = (from * conv->stride - conv->pad) * channels + channel;
  const int8_t *a = row->in[0] + first, *b = row->in[1] + first, *c = row->in[2] + first;
  const dew_pair_weights u = dew_pairs_weights(weights), v = dew_pairs_weights(weights + 16),
                         w = dew_pairs_weights(weights + 32), x = dew_pairs_weights(weights + 48),
                         y = dew_pairs_weights(weights + 64);
  int8_t* out = row->out + from * channels + channel;
  for (; from <= to; from++, a += step, b += step, c += step, out += channels) {
    dew_lanes8 lanes = dew_lanes8_load(conv->scale.bias + channel);
    lanes = dew_pairs_add(lanes, a, a + one, u);
    lanes = dew_pairs_add(lanes, a + two, b, v);
    lanes = dew_pairs_add(lanes, b + one, b + two, w);
    lanes = dew_pairs_add(lanes, c, c + one, x);
    lanes = dew_pairs_add(lanes, c + two, a, y); /* the weight of `a` is 0 */
    dew_lanes_store(&conv->scale, channel, lanes, out);
  }
}

#else

static inline void dew_lanes_group(const dew_laned_depthwise* conv, const int8_t* const* taps, int32_t pairs,
                                   int32_t channel, const int8_t* weights, int8_t* out) {
  int32_t sums[8], i, lane;
  memcpy(sums, conv->scale.bias + channel, sizeof sums);
  for (i = 0; i < pairs; i++, weights += 16) {
    const int8_t *a = taps[2 * i] + channel, *b = taps[2 * i + 1] + channel;
    for (lane = 0; lane < 8; lane++)
      sums[lane] += a[lane] * weights[2 * lane] + b[lane] * weights[2 * lane + 1];
  }
  for (i = 0; i < 8; i++) out[i] = dew_finish_channel(&conv->scale, channel + i, sums[i]);
}

#endif

/* All channels of one pixel. */
static void dew_lanes_pixel(const dew_laned_depthwise* conv, const dew_row* row, int32_t x) {
  const int32_t channels = conv->channels, count = conv->kernel_height * conv->kernel_width;
  const int32_t pairs = (count + 1) / 2, left = x * conv->stride - conv->pad;
  const int8_t *taps[DEW_LANES_TAPS], *weights = conv->weights;
  int32_t c, ky, kx, t = 0;
  for (ky = 0; ky < conv->kernel_height; ky++) {
    for (kx = 0; kx < conv->kernel_width; kx++, t++) {
      const int32_t column = left + kx * conv->dilation;
      const int inside = column >= 0 && column < conv->in_width;
      taps[t] = inside ? row->in[ky] + column * channels : conv->zero;
    }
  }
  taps[t] = taps[0]; /* partner of the last of an odd number of taps; its weight is 0 */
  for (c = 0; c < channels; c += 8, weights += 16 * pairs) {
    const int32_t channel = c + 8 <= channels ? c : channels - 8;
    dew_lanes_group(conv, taps, pairs, channel, weights, row->out + x * channels + channel);
  }
}

static void dew_lanes_depthwise_row(const void* layer, const dew_row* row) {
  const dew_laned_depthwise* conv = (const dew_laned_depthwise*)layer;
  int32_t x = 0;
#if DEW_VECTOR
  if (conv->kernel_height == 3 && conv->kernel_width == 3) {
    const int32_t channels = conv->channels, stride = conv->stride, first = (conv->pad + stride - 1) / stride;
    const int32_t room = conv->in_width - 1 - 2 * conv->dilation + conv->pad;
    const int32_t end = conv->out_width - 1, last = room < 0 ? -1 : room / stride < end ? room / stride : end;
    if (first <= last) {
      const int8_t* weights = conv->weights;
      int32_t c;
      for (; x < first; x++) dew_lanes_pixel(conv, row, x);
      for (c = 0; c < channels; c += 8, weights += 80)
        dew_lanes_three(conv, row, c + 8 <= channels ? c : channels - 8, weights, first, last);
      x = last + 1;
    }
  }
#endif
  for (; x < conv->out_width; x++) dew_lanes_pixel(conv, row, x);
}

#endif
