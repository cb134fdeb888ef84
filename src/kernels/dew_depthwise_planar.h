/* dew_depthwise_planar: one row of a 3x3 depthwise convolution over planar rows: channel after channel, each
 * with its padding columns, so that there are no borders. Weights channel after channel, nine each; one byte
 * behind the last is read. The row it writes has pixel after pixel again. */
#ifndef DEW_DEPTHWISE_PLANAR_H
#define DEW_DEPTHWISE_PLANAR_H

#include "dew_clamp.h"
#include "dew_requantize.h"

typedef struct dew_depthwise_planar {
  const int8_t* weights;
  dew_scale scale;
  uint16_t pitch; /* bytes of a channel in the input: its pixels and padding columns */
  uint16_t out_width, channels;
  uint8_t stride; /* 1 or 2 */
} dew_depthwise_planar;

static inline int8_t dew_planar_end(const dew_scale* scale, int32_t c, int32_t multiplier, int32_t acc) {
#if DEW_ROUNDING_TFLITE
  return dew_clamp(dew_requantize(acc, multiplier, scale->shift ? scale->shift[c] : 0, scale->zero_point),
                   scale->low, scale->high);
#else
  (void)c;
  return dew_clamp(dew_requantize(acc, multiplier, 0, scale->zero_point), scale->low, scale->high);
#endif
}

#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
/* Bytes 0 and 2, and bytes 1 and 3, of four as pairs of 16 bits. */
typedef struct dew_pairs {
  uint32_t even, odd;
} dew_pairs;

static inline dew_pairs dew_load_pairs(const int8_t* from) {
  dew_pairs pairs;
  uint32_t word;
  memcpy(&word, from, 4);
  __asm__("sxtb16 %0, %1" : "=r"(pairs.even) : "r"(word));
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(pairs.odd) : "r"(word));
  return pairs;
}

#define DEW_PAIR(instruction, acc, a, b) __asm__(instruction " %0, %1, %2, %0" : "+r"(acc) : "r"(a), "r"(b))

/* Pixel after pixel of one channel: taps 0 and 2 are one product of pairs, tap 1 one more. */
static void dew_planar_channel(const dew_depthwise_planar* conv, const int8_t* const* in, int32_t c,
                               int8_t* out) {
  const int8_t* weights = conv->weights + 9 * c;
  const int8_t *p0 = in[0] + c * conv->pitch, *p1 = in[1] + c * conv->pitch, *p2 = in[2] + c * conv->pitch;
  const dew_pairs w0 = dew_load_pairs(weights), w1 = dew_load_pairs(weights + 3),
                  w2 = dew_load_pairs(weights + 6);
  const int32_t bias = conv->scale.bias[c], multiplier = conv->scale.multiplier[c];
  const int32_t outs = conv->channels;
  int32_t left = conv->out_width;
  if (conv->stride == 1) {
    for (; left >= 2; left -= 2, out += 2 * outs, p0 += 2, p1 += 2, p2 += 2) {
      const dew_pairs x0 = dew_load_pairs(p0), x1 = dew_load_pairs(p1), x2 = dew_load_pairs(p2);
      int32_t a = bias, b = bias;
      DEW_PAIR("smlad", a, x0.even, w0.even);
      DEW_PAIR("smlabb", a, x0.odd, w0.odd);
      DEW_PAIR("smlad", b, x0.odd, w0.even);
      DEW_PAIR("smlatb", b, x0.even, w0.odd);
      DEW_PAIR("smlad", a, x1.even, w1.even);
      DEW_PAIR("smlabb", a, x1.odd, w1.odd);
      DEW_PAIR("smlad", b, x1.odd, w1.even);
      DEW_PAIR("smlatb", b, x1.even, w1.odd);
      DEW_PAIR("smlad", a, x2.even, w2.even);
      DEW_PAIR("smlabb", a, x2.odd, w2.odd);
      DEW_PAIR("smlad", b, x2.odd, w2.even);
      DEW_PAIR("smlatb", b, x2.even, w2.odd);
      out[0] = dew_planar_end(&conv->scale, c, multiplier, a);
      out[outs] = dew_planar_end(&conv->scale, c, multiplier, b);
    }
  }
  for (; left > 0; left--, out += outs, p0 += conv->stride, p1 += conv->stride, p2 += conv->stride) {
    const dew_pairs x0 = dew_load_pairs(p0), x1 = dew_load_pairs(p1), x2 = dew_load_pairs(p2);
    int32_t a = bias;
    DEW_PAIR("smlad", a, x0.even, w0.even);
    DEW_PAIR("smlabb", a, x0.odd, w0.odd);
    DEW_PAIR("smlad", a, x1.even, w1.even);
    DEW_PAIR("smlabb", a, x1.odd, w1.odd);
    DEW_PAIR("smlad", a, x2.even, w2.even);
    DEW_PAIR("smlabb", a, x2.odd, w2.odd);
    out[0] = dew_planar_end(&conv->scale, c, multiplier, a);
  }
}
#else
static void dew_planar_channel(const dew_depthwise_planar* conv, const int8_t* const* in, int32_t c,
                               int8_t* out) {
  const int8_t* w = conv->weights + 9 * c;
  const int8_t *p0 = in[0] + c * conv->pitch, *p1 = in[1] + c * conv->pitch, *p2 = in[2] + c * conv->pitch;
  const int32_t bias = conv->scale.bias[c], multiplier = conv->scale.multiplier[c];
  int32_t left;
  for (left = conv->out_width; left > 0; left--, out += conv->channels) {
    const int32_t acc = bias + p0[0] * w[0] + p0[1] * w[1] + p0[2] * w[2] + p1[0] * w[3] + p1[1] * w[4] +
                        p1[2] * w[5] + p2[0] * w[6] + p2[1] * w[7] + p2[2] * w[8];
    *out = dew_planar_end(&conv->scale, c, multiplier, acc);
    p0 += conv->stride;
    p1 += conv->stride;
    p2 += conv->stride;
  }
}
#endif

static void dew_depthwise_planar_row(const void* layer, const dew_row* row) {
  const dew_depthwise_planar* conv = (const dew_depthwise_planar*)layer;
  int32_t c;
  for (c = 0; c < conv->channels; c++) dew_planar_channel(conv, row->in, c, row->out + c);
}

#endif
