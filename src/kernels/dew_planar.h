/* dew_planar: one row of a 3x3 depthwise convolution over planar rows: channel after channel, each with its
 * padding columns, so that there are no borders. Weights channel after channel, nine each. The row it writes
 * has pixel after pixel again. */
#ifndef DEW_PLANAR_H
#define DEW_PLANAR_H

#include "dew_paired.h"

typedef struct dew_depthwise_planar {
  const int8_t* weights;
  dew_paired_scale scale;
  uint16_t pitch; /* bytes of a channel in the input: its pixels and padding columns */
  uint16_t out_width, channels;
  uint8_t stride; /* 1 or 2 */
} dew_depthwise_planar;

/* In plain C; unused where the core has better. */
#if defined(__GNUC__)
__attribute__((unused))
#endif
static void
dew_planar_row(const void* layer, const dew_row* row) {
  const dew_depthwise_planar* conv = (const dew_depthwise_planar*)layer;
  const int32_t stride = conv->stride, channels = conv->channels, zero_point = conv->scale.zero_point;
  const int8_t* w = conv->weights;
  int32_t c, x;
  for (c = 0; c < channels; c++, w += 9) {
    const int32_t first = c * conv->pitch, bias = conv->scale.pairs[2 * c],
                  multiplier = conv->scale.pairs[2 * c + 1];
    const int8_t* shift = dew_shift_of(&conv->scale, c);
    const int8_t *p0 = row->in[0] + first, *p1 = row->in[1] + first, *p2 = row->in[2] + first;
    int8_t* out = row->out + c;
    for (x = conv->out_width; x > 0; x--) {
      const int32_t acc = bias + p0[0] * w[0] + p0[1] * w[1] + p0[2] * w[2] + p1[0] * w[3] + p1[1] * w[4] +
                          p1[2] * w[5] + p2[0] * w[6] + p2[1] * w[7] + p2[2] * w[8];
      *out = dew_paired_end(acc, multiplier, shift, zero_point);
      out += channels;
      p0 += stride;
      p1 += stride;
      p2 += stride;
    }
  }
  dew_paired_clamp(&conv->scale, row->out, (uint32_t)conv->channels * conv->out_width);
}

#endif
