/* dew_tiled: one row of any convolution for cores with the DSP extension, three or four pixels by one channel
 * at a time; weights OHWI, each channel's filled up with zeros to a multiple of four.
 *
 * The row may be written planar, channel after channel with padding columns around the pixels: what
 * dew_depthwise_planar reads. */
#ifndef DEW_TILED_H
#define DEW_TILED_H

#include "dew_clamp.h"
#include "dew_dsp.h"
#include "dew_requantize.h"

typedef struct dew_tiled {
  const int8_t* weights;
  const int8_t* zero; /* a pixel of the input's zero point, for columns outside */
  dew_scale scale;
  uint16_t in_width, in_channels, out_width, out_channels;
  uint8_t kernel_height, kernel_width, stride, dilation, pad;
  uint8_t tile;                      /* pixels at a time: 3 or 4 */
  uint16_t blocks;                   /* weights of a channel, in fours */
  uint16_t pixel_step, channel_step; /* from one output to the next */
  uint8_t pad_before, pad_after;     /* planar: columns of zero point to write around a channel's pixels */
} dew_tiled;

/* Where the inputs of output pixel x stand, one after the other: in place, or gathered in `patch`. */
static const int8_t* dew_tiled_patch(const dew_tiled* conv, const dew_row* row, int32_t x, int8_t* patch) {
  const int32_t channels = conv->in_channels;
  const int32_t left = x * conv->stride - conv->pad;
  const int32_t span = channels * conv->kernel_width;
  int8_t* to = patch;
  int32_t ky, kx;
  if (conv->kernel_height == 1 && conv->kernel_width == 1 && (channels & 3) == 0 && left >= 0 &&
      left < conv->in_width) {
    return row->in[0] + left * channels;
  }
  for (ky = 0; ky < conv->kernel_height; ky++) {
    if (left >= 0 && left + conv->kernel_width <= conv->in_width && conv->dilation == 1) {
      const int8_t* from = row->in[ky] + left * channels;
      for (kx = 0; kx < span; kx++) *to++ = from[kx];
      continue;
    }
    for (kx = 0; kx < conv->kernel_width; kx++, to += channels) {
      const int32_t column = left + kx * conv->dilation;
      const int inside = column >= 0 && column < conv->in_width;
      memcpy(to, inside ? row->in[ky] + column * channels : conv->zero, (uint32_t)channels);
    }
  }
  while ((to - patch) & 3) *to++ = 0;
  return patch;
}

/* What activations leave of int8, where that is not all. */
static void dew_tiled_clamp(const dew_tiled* conv, int8_t* out, int32_t x) {
  const int32_t low = conv->scale.low, high = conv->scale.high;
  int32_t o;
  if (low == -128 && high == 127) return;
  out += x * conv->pixel_step;
  for (o = 0; o < conv->out_channels; o++, out += conv->channel_step) *out = dew_clamp(*out, low, high);
}

static inline int8_t dew_tiled_end(const dew_scale* scale, int32_t o, int32_t multiplier, int32_t acc) {
#if DEW_ROUNDING_TFLITE
  return dew_clamp(dew_requantize(acc, multiplier, scale->shift ? scale->shift[o] : 0, scale->zero_point),
                   -128, 127);
#else
  (void)o;
  return dew_clamp(dew_requantize(acc, multiplier, 0, scale->zero_point), -128, 127);
#endif
}

/* All channels of `tile` pixels; pixel i's output goes `at[i]` bytes behind `out`. */
static void dew_tiled_channels(const dew_tiled* conv, const int16_t* wide, int8_t* out, const int32_t* at) {
  const int8_t* weights = conv->weights;
  const int32_t *bias = conv->scale.bias, *multiplier = conv->scale.multiplier;
  const int32_t blocks = conv->blocks, at1 = at[1], at2 = at[2], at3 = at[3];
  const uint32_t step = conv->channel_step;
  int32_t o, acc[4];
  if (conv->tile == 3) {
    for (o = 0; o < conv->out_channels; o++, out += step) {
      acc[0] = acc[1] = acc[2] = bias[o];
      weights = dew_dot3(wide, weights, blocks, acc);
      out[0] = dew_tiled_end(&conv->scale, o, multiplier[o], acc[0]);
      out[at1] = dew_tiled_end(&conv->scale, o, multiplier[o], acc[1]);
      out[at2] = dew_tiled_end(&conv->scale, o, multiplier[o], acc[2]);
    }
    return;
  }
  for (o = 0; o < conv->out_channels; o++, out += step) {
    acc[0] = acc[1] = acc[2] = acc[3] = bias[o];
    weights = dew_dot4(wide, weights, blocks, acc);
    out[0] = dew_tiled_end(&conv->scale, o, multiplier[o], acc[0]);
    out[at1] = dew_tiled_end(&conv->scale, o, multiplier[o], acc[1]);
    out[at2] = dew_tiled_end(&conv->scale, o, multiplier[o], acc[2]);
    out[at3] = dew_tiled_end(&conv->scale, o, multiplier[o], acc[3]);
  }
}

/* Padding columns around every channel's pixels. */
static void dew_tiled_pads(const dew_tiled* conv, int8_t* out) {
  int32_t o, k;
  for (o = 0; o < conv->out_channels; o++, out += conv->channel_step) {
    for (k = 0; k < conv->pad_before; k++) out[k] = conv->scale.zero_point;
    for (k = 0; k < conv->pad_after; k++)
      out[conv->pad_before + conv->out_width + k] = conv->scale.zero_point;
  }
}

static void dew_tiled_row(const void* layer, const dew_row* row) {
  const dew_tiled* conv = (const dew_tiled*)layer;
  const int32_t tile = conv->tile, last = conv->out_width - 1;
  int16_t* wide = (int16_t*)row->scratch;
  int8_t* patch = (int8_t*)(wide + 4 * tile * conv->blocks);
  int8_t* out = row->out + conv->pad_before;
  int32_t x, i, at[4];
  if (conv->pad_before + conv->pad_after > 0) dew_tiled_pads(conv, row->out);
  for (x = 0; x <= last; x += tile) {
    for (i = 0; i < tile; i++) {
      /* Where the row ends within a tile, its last pixel is computed again, into the same place. */
      const int32_t pixel = x + i < last ? x + i : last;
      dew_widen(dew_tiled_patch(conv, row, pixel, patch), wide + 4 * i, conv->blocks, 4 * tile);
      at[i] = (pixel - x) * conv->pixel_step;
    }
    dew_tiled_channels(conv, wide, out + x * conv->pixel_step, at);
  }
  for (x = 0; x <= last; x++) dew_tiled_clamp(conv, out, x);
}

#endif
