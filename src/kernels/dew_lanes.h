/* dew_lanes: one row of any convolution for machines with vectors (dew_vector.h): eight output channels in
 * the lanes, four pixels at a time. Weights are stored in groups of eight channels: four of channel 0, four
 * of channel 1,
 * ...; zeros fill the last group. Left shifts and TensorFlow Lite's rounding are done in plain C. */
#ifndef DEW_LANES_H
#define DEW_LANES_H

#include "dew_clamp.h"
#include "dew_patch.h"
#include "dew_requantize.h"
#include "dew_vector.h"

typedef struct dew_laned {
  dew_tiled conv;        /* its scale is unused; the row is never planar */
  const int32_t* bias;   /* padded to whole groups, like the multipliers */
  const int32_t* lifted; /* the bias minus 128 times the sum of a channel's weights */
  const int32_t* multiplier;
  const int8_t* shift; /* null: all 0 */
} dew_laned;

/* Turns one pixel's sums of one group into int8, `count` of them. */
static inline void dew_lanes_end(const dew_laned* layer, int32_t channel, int32_t* sums, int32_t count,
                                 int8_t* out) {
  const dew_paired_scale* scale = &layer->conv.scale;
  int32_t i;
  for (i = 0; i < count; i++) {
    const int32_t shift = layer->shift ? layer->shift[channel + i] : 0;
    out[i] = dew_clamp(dew_requantize(sums[i], layer->multiplier[channel + i], shift, scale->zero_point),
                       scale->low, scale->high);
  }
}

#if DEW_VECTOR

static inline void dew_lanes_finish(const dew_laned* layer, int32_t channel, dew_quads quads, int8_t* out) {
  const dew_tiled* conv = &layer->conv;
  const int32_t left = conv->out_channels - channel, count = left < 8 ? left : 8;
  dew_lanes8 sums = dew_lanes8_add(
      dew_quads_end(quads), dew_lanes8_load((DEW_VECTOR_BYTES ? layer->lifted : layer->bias) + channel));
#if !DEW_ROUNDING_TFLITE
  if (!layer->shift) {
    int8_t bytes[8];
    sums = dew_lanes8_add(dew_lanes8_scaled(sums, dew_lanes8_load(layer->multiplier + channel)),
                          dew_lanes8_all(conv->scale.zero_point));
    if (count == 8) {
      dew_lanes8_clamp(sums, conv->scale.low, conv->scale.high, out);
      return;
    }
    dew_lanes8_clamp(sums, conv->scale.low, conv->scale.high, bytes);
    memcpy(out, bytes, (size_t)count);
    return;
  }
#endif
  {
    int32_t each[8];
    dew_lanes8_store(each, sums);
    dew_lanes_end(layer, channel, each, count, out);
  }
}

#if !DEW_ROUNDING_TFLITE
/* A whole group of two pixels, without left shifts. */
static inline void dew_lanes_finish_two(const dew_laned* layer, int32_t channel, dew_quads a, dew_quads b,
                                        int8_t* out_a, int8_t* out_b) {
  const dew_paired_scale* scale = &layer->conv.scale;
  const dew_lanes8 bias = dew_lanes8_load((DEW_VECTOR_BYTES ? layer->lifted : layer->bias) + channel);
  const dew_lanes8 multiplier = dew_lanes8_load(layer->multiplier + channel);
  const dew_lanes8 zero = dew_lanes8_all(scale->zero_point);
  dew_lanes8_clamp_two(
      dew_lanes8_add(dew_lanes8_scaled(dew_lanes8_add(dew_quads_end(a), bias), multiplier), zero),
      dew_lanes8_add(dew_lanes8_scaled(dew_lanes8_add(dew_quads_end(b), bias), multiplier), zero), scale->low,
      scale->high, out_a + channel, out_b + channel);
}
#endif

/* All channels of four pixels, whose quads alternate in scratch. */
static void dew_lanes_tile(const dew_laned* layer, const int8_t* values, int8_t* const* out) {
  const int8_t* weights = layer->conv.weights;
  const int32_t blocks = layer->conv.blocks, size = (int32_t)sizeof(dew_quad_values);
  int32_t channel, k;
  for (channel = 0; channel < layer->conv.out_channels; channel += 8) {
    const int8_t* x = values;
    dew_quads a = dew_quads_zero(), b = a, c = a, d = a;
    for (k = blocks; k > 0; k--, x += 4 * size, weights += 32) {
      const dew_quad_weights w = dew_quads_weights(weights);
      a = dew_quads_add(a, x, w);
      b = dew_quads_add(b, x + size, w);
      c = dew_quads_add(c, x + 2 * size, w);
      d = dew_quads_add(d, x + 3 * size, w);
    }
#if !DEW_ROUNDING_TFLITE
    if (!layer->shift && channel + 8 <= layer->conv.out_channels) {
      dew_lanes_finish_two(layer, channel, a, b, out[0], out[1]);
      dew_lanes_finish_two(layer, channel, c, d, out[2], out[3]);
      continue;
    }
#endif
    dew_lanes_finish(layer, channel, a, out[0] + channel);
    dew_lanes_finish(layer, channel, b, out[1] + channel);
    dew_lanes_finish(layer, channel, c, out[2] + channel);
    dew_lanes_finish(layer, channel, d, out[3] + channel);
  }
}

#else

/* Four bytes, unchanged. */
typedef uint32_t dew_quad_values;

static inline uint32_t dew_quads_values(const int8_t* from) {
  uint32_t word;
  memcpy(&word, from, 4);
  return word;
}

static void dew_lanes_tile(const dew_laned* layer, const int8_t* values, int8_t* const* out) {
  const int32_t outs = layer->conv.out_channels, blocks = layer->conv.blocks;
  int32_t pixel, channel, lane, k;
  for (pixel = 0; pixel < 4; pixel++) {
    for (channel = 0; channel < outs; channel += 8) {
      const int8_t* weights = layer->conv.weights + 4 * blocks * channel;
      int32_t sums[8];
      memcpy(sums, layer->bias + channel, sizeof sums);
      for (k = 0; k < blocks; k++) {
        int8_t x[4];
        memcpy(x, values + 4 * (4 * k + pixel), 4);
        for (lane = 0; lane < 8; lane++, weights += 4)
          sums[lane] += x[0] * weights[0] + x[1] * weights[1] + x[2] * weights[2] + x[3] * weights[3];
      }
      dew_lanes_end(layer, channel, sums, outs - channel < 8 ? outs - channel : 8, out[pixel] + channel);
    }
  }
}

#endif

/* The quads of one pixel, every fourth in scratch. */
static inline void dew_lanes_spread(const int8_t* from, int32_t blocks, int8_t* to) {
  const int32_t size = (int32_t)sizeof(dew_quad_values);
  int32_t k = 0;
#if DEW_VECTOR_TWO_QUADS
  for (; k + 1 < blocks; k += 2) dew_quads_two(from + 4 * k, to + 4 * size * k, 4 * size);
#endif
  for (; k < blocks; k++) {
    const dew_quad_values quad = dew_quads_values(from + 4 * k);
    memcpy(to + 4 * size * k, &quad, sizeof quad);
  }
}

static void dew_lanes_row(const void* table, const dew_row* row) {
  const dew_laned* layer = (const dew_laned*)table;
  const dew_tiled* conv = &layer->conv;
  const int32_t last = conv->out_width - 1, blocks = conv->blocks;
  int8_t *const values = (int8_t*)row->scratch, *const patch = values + 32 * blocks;
  int32_t x, i;
  for (x = 0; x <= last; x += 4) {
    int8_t* out[4];
    for (i = 0; i < 4; i++) {
      /* If the row ends within a tile, its last pixel is computed again, into the same place. */
      const int32_t pixel = x + i < last ? x + i : last;
      const int8_t* from = dew_patch_of(conv, row, pixel, patch);
      dew_lanes_spread(from, blocks, values + i * (int32_t)sizeof(dew_quad_values));
      out[i] = row->out + pixel * conv->out_channels;
    }
    dew_lanes_tile(layer, values, out);
  }
}

#endif
