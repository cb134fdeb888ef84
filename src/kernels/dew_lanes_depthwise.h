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

/* One pixel of one group of channels; `pairs` pairs of taps. */
static inline void dew_lanes_group(const dew_laned_depthwise* conv, const int8_t* const* taps, int32_t pairs,
                                   int32_t channel, const int8_t* weights, int8_t* out) {
  const dew_scale* scale = &conv->scale;
  int32_t sums[8], i;
#if DEW_VECTOR
  dew_lanes8 lanes = dew_lanes8_load(scale->bias + channel);
  for (i = 0; i < pairs; i++, weights += 16)
    lanes = dew_lanes8_pairs(lanes, taps[2 * i] + channel, taps[2 * i + 1] + channel, weights);
#if !DEW_ROUNDING_TFLITE
  if (!scale->shift) {
    lanes = dew_lanes8_add(dew_lanes8_scaled(lanes, dew_lanes8_load(scale->multiplier + channel)),
                           dew_lanes8_all(scale->zero_point));
    dew_lanes8_clamp(lanes, scale->low, scale->high, out);
    return;
  }
#endif
  dew_lanes8_store(sums, lanes);
#else
  int32_t lane;
  memcpy(sums, scale->bias + channel, sizeof sums);
  for (i = 0; i < pairs; i++, weights += 16) {
    const int8_t *a = taps[2 * i] + channel, *b = taps[2 * i + 1] + channel;
    for (lane = 0; lane < 8; lane++)
      sums[lane] += a[lane] * weights[2 * lane] + b[lane] * weights[2 * lane + 1];
  }
#endif
  for (i = 0; i < 8; i++) out[i] = dew_finish_channel(scale, channel + i, sums[i]);
}

static void dew_lanes_depthwise_row(const void* layer, const dew_row* row) {
  const dew_laned_depthwise* conv = (const dew_laned_depthwise*)layer;
  const int32_t channels = conv->channels, count = conv->kernel_height * conv->kernel_width;
  const int32_t pairs = (count + 1) / 2;
  const int8_t* taps[DEW_LANES_TAPS];
  int8_t* out = row->out;
  int32_t x, c, ky, kx, t;
  for (x = 0; x < conv->out_width; x++, out += channels) {
    const int32_t left = x * conv->stride - conv->pad;
    const int8_t* weights = conv->weights;
    for (ky = 0, t = 0; ky < conv->kernel_height; ky++) {
      for (kx = 0; kx < conv->kernel_width; kx++, t++) {
        const int32_t column = left + kx * conv->dilation;
        const int inside = column >= 0 && column < conv->in_width;
        taps[t] = inside ? row->in[ky] + column * channels : conv->zero;
      }
    }
    taps[t] = taps[0]; /* partner of the last of an odd number of taps; its weight is 0 */
    for (c = 0; c < channels; c += 8, weights += 16 * pairs) {
      const int32_t channel = c + 8 <= channels ? c : channels - 8;
      dew_lanes_group(conv, taps, pairs, channel, weights, out + channel);
    }
  }
}

#endif
