/* dew_scalar: one row of any convolution in plain C, two pixels by two channels at a time: four loads for
 * four products. The row may be written planar, like dew_tiled's. */
#ifndef DEW_SCALAR_H
#define DEW_SCALAR_H

#include "dew_paired.h"
#include "dew_patch.h"

/* Two channels of the pixels whose inputs stand at x0 and x1: sums[0] and [1] of the first, [2] and [3] of
 * the second. */
static inline void dew_scalar_sums(const int8_t* x0, const int8_t* x1, const int8_t* w0, const int8_t* w1,
                                   int32_t blocks, int32_t* sums) {
  int32_t a = sums[0], b = sums[1], c = sums[2], d = sums[3];
  for (; blocks > 0; blocks--, x0 += 4, x1 += 4, w0 += 4, w1 += 4) {
    a += x0[0] * w0[0];
    b += x0[0] * w1[0];
    c += x1[0] * w0[0];
    d += x1[0] * w1[0];
    a += x0[1] * w0[1];
    b += x0[1] * w1[1];
    c += x1[1] * w0[1];
    d += x1[1] * w1[1];
    a += x0[2] * w0[2];
    b += x0[2] * w1[2];
    c += x1[2] * w0[2];
    d += x1[2] * w1[2];
    a += x0[3] * w0[3];
    b += x0[3] * w1[3];
    c += x1[3] * w0[3];
    d += x1[3] * w1[3];
  }
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
}

static void dew_scalar_row(const void* layer, const dew_row* row) {
  const dew_tiled* conv = (const dew_tiled*)layer;
  const int32_t last = conv->out_width - 1, outs = conv->out_channels, blocks = conv->blocks;
  const int32_t zero_point = conv->scale.zero_point, channel_step = conv->channel_step;
  int8_t* patch = (int8_t*)row->scratch;
  int32_t x, o;
  dew_patch_pads(conv, row);
  for (x = 0; x <= last; x += 2) {
    /* An odd pixel or channel at the end is computed twice, into the same place. */
    const int32_t next_pixel = x < last;
    const int8_t* x0 = dew_patch_of(conv, row, x, patch);
    const int8_t* x1 = dew_patch_of(conv, row, x + next_pixel, patch + 4 * blocks);
    const int8_t* weights = conv->weights;
    const int32_t* pair = conv->scale.pairs;
    int8_t* out0 = row->out + conv->pad_before + x * conv->pixel_step;
    int8_t* out1 = out0 + next_pixel * conv->pixel_step;
    for (o = 0; o < outs; o += 2, pair += 4) {
      const int32_t next = o + 1 < outs;
      const int32_t step = next * channel_step;
      const int32_t first = pair[1], second = pair[1 + 2 * next];
      const int8_t* shift = dew_shift_of(&conv->scale, o);
      const int8_t* next_shift = dew_shift_of(&conv->scale, o + next);
      int32_t sums[4];
      sums[0] = sums[2] = pair[0];
      sums[1] = sums[3] = pair[2 * next];
      dew_scalar_sums(x0, x1, weights, weights + next * 4 * blocks, blocks, sums);
      out0[0] = dew_paired_end(sums[0], first, shift, zero_point);
      out0[step] = dew_paired_end(sums[1], second, next_shift, zero_point);
      out1[0] = dew_paired_end(sums[2], first, shift, zero_point);
      out1[step] = dew_paired_end(sums[3], second, next_shift, zero_point);
      weights += 8 * blocks;
      out0 += 2 * step;
      out1 += 2 * step;
    }
  }
  dew_paired_clamp(&conv->scale, row->out, dew_patch_bytes(conv));
}

#endif
