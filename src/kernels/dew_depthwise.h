/* dew_depthwise: one row of a depthwise convolution, in plain C; weights HWC. */
#ifndef DEW_DEPTHWISE_H
#define DEW_DEPTHWISE_H

#include "dew_channel.h"

typedef struct dew_depthwise {
  const int8_t* weights;
  const int8_t* zero; /* one pixel of the input's zero point, for columns outside the image */
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

#endif
