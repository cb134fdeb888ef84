/* dew_convolution: one row of any convolution, in plain C; weights OHWI. */
#ifndef DEW_CONVOLUTION_H
#define DEW_CONVOLUTION_H

#include "dew_channel.h"

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

#endif
