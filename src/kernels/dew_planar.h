/* dew_planar: one row of a 3x3 depthwise convolution over planar rows. A planar row is stored channel by
 * channel, padding columns included, so there are no borders to handle. Weights: nine per channel, channel by
 * channel. The output row is stored pixel by pixel. */
#ifndef DEW_PLANAR_H
#define DEW_PLANAR_H

#include "dew_paired.h"

typedef struct dew_depthwise_planar {
  const int8_t* weights;
  dew_paired_scale scale;
  uint16_t pitch; /* bytes per channel of the input: pixels and padding columns */
  uint16_t out_width, channels;
  uint8_t stride; /* 1 or 2 */
} dew_depthwise_planar;

/* With stride 1, two neighbouring outputs share pixels: together they need four of a row, not six. */
static inline void dew_slide_two(const int8_t* p, int32_t w0, int32_t w1, int32_t w2, int32_t* a,
                                 int32_t* b) {
  const int32_t left = p[0], middle = p[1], right = p[2], last = p[3];
  *a += left * w0 + middle * w1 + right * w2;
  *b += middle * w0 + right * w1 + last * w2;
}

/* A shift to the left is done to the weights and the bias. Nine products have 18 bits, so a bias outside 20
 * bits decides the output alone, and the shifted sum fits a word. */
static inline int32_t dew_planar_raise(int32_t shift) {
  return DEW_SHIFTS && shift > 0 ? (int32_t)1 << shift : 1;
}

/* Plain C; unused where the core has something better. */
#if defined(__GNUC__)
__attribute__((unused))
#endif
static void
dew_planar_row(const void* layer, const dew_row* row) {
  const dew_depthwise_planar* conv = (const dew_depthwise_planar*)layer;
  const int32_t stride = conv->stride, channels = conv->channels, zero_point = conv->scale.zero_point;
  const int32_t pitch = conv->pitch, width = conv->out_width;
  const int32_t* pairs = conv->scale.pairs;
  const int8_t *row0 = row->in[0], *row1 = row->in[1], *row2 = row->in[2], *weights = conv->weights;
  int32_t c;
  for (c = 0; c < channels; c++, weights += 9, pairs += 2, row0 += pitch, row1 += pitch, row2 += pitch) {
    /* Copied, since otherwise the compiler would reload them after every output that is written. */
    const int32_t shift = dew_shift_of(conv->scale.shift, c), raise = dew_planar_raise(shift);
    const int32_t w0 = weights[0] * raise, w1 = weights[1] * raise, w2 = weights[2] * raise,
                  w3 = weights[3] * raise, w4 = weights[4] * raise, w5 = weights[5] * raise,
                  w6 = weights[6] * raise, w7 = weights[7] * raise, w8 = weights[8] * raise;
    const int32_t bias = raise > 1 ? dew_shift_left(pairs[0], shift) : pairs[0], multiplier = pairs[1];
    const int32_t right = DEW_ROUNDING_TFLITE && shift < 0 ? shift : 0;
    const int8_t *p0 = row0, *p1 = row1, *p2 = row2;
    int8_t* out = row->out + c;
    int32_t x = width;
    if (stride == 1) {
      for (; x > 1; x -= 2, p0 += 2, p1 += 2, p2 += 2, out += 2 * channels) {
        int32_t a = bias, b = bias;
        dew_slide_two(p0, w0, w1, w2, &a, &b);
        dew_slide_two(p1, w3, w4, w5, &a, &b);
        dew_slide_two(p2, w6, w7, w8, &a, &b);
        out[0] = dew_paired_end(a, multiplier, right, zero_point);
        out[channels] = dew_paired_end(b, multiplier, right, zero_point);
      }
    }
    for (; x > 0; x--, p0 += stride, p1 += stride, p2 += stride, out += channels) {
      const int32_t acc = bias + p0[0] * w0 + p0[1] * w1 + p0[2] * w2 + p1[0] * w3 + p1[1] * w4 + p1[2] * w5 +
                          p2[0] * w6 + p2[1] * w7 + p2[2] * w8;
      *out = dew_paired_end(acc, multiplier, right, zero_point);
    }
  }
  dew_paired_clamp(&conv->scale, row->out, (uint32_t)channels * (uint32_t)width);
}

#endif
