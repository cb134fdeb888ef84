/* dew_pointwise: one row of a 1x1 convolution of stride 1, or a dense layer as a row of one pixel; plain C.
 *
 * Two pixels by two channels at a time: four loads for four products. Weights OI. */
#ifndef DEW_POINTWISE_H
#define DEW_POINTWISE_H

#include "dew_channel.h"

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

#endif
