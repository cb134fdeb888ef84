/* dew_twin: one row of any convolution on cores without vectors: two pixels in one word.
 *
 * The values a and b of two pixels share one word as a + 2^16 * b. Two products of such words with weights
 * add up to a sum of two products in the lower half, which fits 16 bits, and another in the upper half. `low`
 * adds up the words and `high` their upper halves, so `low - 2^16 * high` is the lower pixel's sum.
 * DEW_TWIN_LIFT is added for every two products, which moves the lower half from [-2 * 127 * 128,
 * 2 * 128 * 128] to [0, 65280]: it is never negative and borrows nothing from the upper half. All of this is
 * exact modulo 2^32.
 *
 * Four pixels are two twins; three are a twin and a single one. One multiplication serves two products and
 * one load two pixels: half of what single pixels take. The row may be written planar, channel by channel
 * with padding columns around the pixels, which is what dew_depthwise_planar reads. */
#ifndef DEW_TWIN_H
#define DEW_TWIN_H

#include "dew_patch_pads.h"
#include "dew_twin_arm.h"

/* Makes twins of the values of pixels a and b: each block of four becomes two words and, four words on, two
 * more. b null: a alone. */
static inline void dew_twin_words(const int8_t* a, const int8_t* b, uint32_t* to, int32_t blocks) {
  for (; blocks > 0; blocks--, a += 4, to += 8) {
    to[0] = (uint32_t)a[0];
    to[1] = (uint32_t)a[1];
    to[4] = (uint32_t)a[2];
    to[5] = (uint32_t)a[3];
    if (!b) continue;
    to[0] += (uint32_t)b[0] << 16;
    to[1] += (uint32_t)b[1] << 16;
    to[4] += (uint32_t)b[2] << 16;
    to[5] += (uint32_t)b[3] << 16;
    b += 4;
  }
}

#if !DEW_TWIN_ARM

/* The upper half, with its sign. */
static inline uint32_t dew_twin_high(uint32_t word) {
  return (uint32_t)((int32_t)word >> 16);
}

/* Two products per half. */
static inline uint32_t dew_twin_product(const uint32_t* words, uint32_t w0, uint32_t w1) {
  return words[0] * w0 + words[1] * w1 + DEW_TWIN_LIFT;
}

/* One channel's sums over `blocks` blocks of weights. */
static inline void dew_twin_three(const dew_twins* tile, const int8_t* weights, int32_t* sums) {
  const uint32_t* words = tile->words;
  const uint32_t bias = (uint32_t)tile->pairs[0];
  uint32_t low = bias * 0x10001 + tile->start, high = bias, alone = bias;
  for (; words < tile->words_end; words += 8, weights += 4) {
    uint32_t w0 = (uint32_t)weights[0], w1 = (uint32_t)weights[1];
    uint32_t both = dew_twin_product(words, w0, w1);
    low += both;
    high += dew_twin_high(both);
    alone += words[2] * w0;
    alone += words[3] * w1;
    w0 = (uint32_t)weights[2];
    w1 = (uint32_t)weights[3];
    both = dew_twin_product(words + 4, w0, w1);
    low += both;
    high += dew_twin_high(both);
    alone += words[6] * w0;
    alone += words[7] * w1;
  }
  sums[0] = (int32_t)(low - (high << 16));
  sums[1] = (int32_t)high;
  sums[2] = (int32_t)alone;
}

static inline void dew_twin_four(const dew_twins* tile, const int8_t* weights, int32_t* sums) {
  const uint32_t* words = tile->words;
  const uint32_t bias = (uint32_t)tile->pairs[0];
  uint32_t low = bias * 0x10001 + tile->start, high = bias, low2 = low, high2 = high;
  for (; words < tile->words_end; words += 8, weights += 4) {
    uint32_t w0 = (uint32_t)weights[0], w1 = (uint32_t)weights[1];
    uint32_t both = dew_twin_product(words, w0, w1);
    low += both;
    high += dew_twin_high(both);
    both = dew_twin_product(words + 2, w0, w1);
    low2 += both;
    high2 += dew_twin_high(both);
    w0 = (uint32_t)weights[2];
    w1 = (uint32_t)weights[3];
    both = dew_twin_product(words + 4, w0, w1);
    low += both;
    high += dew_twin_high(both);
    both = dew_twin_product(words + 6, w0, w1);
    low2 += both;
    high2 += dew_twin_high(both);
  }
  sums[0] = (int32_t)(low - (high << 16));
  sums[1] = (int32_t)high;
  sums[2] = (int32_t)(low2 - (high2 << 16));
  sums[3] = (int32_t)high2;
}

/* All channels of a tile. */
static void dew_twin_run(dew_twins* tile, const int8_t* shifts, int32_t pixels) {
  const int32_t zero_point = tile->zero_point, step = tile->step;
  const int32_t at1 = tile->at[0], at2 = tile->at[1], at3 = tile->at[2];
  const int32_t bytes = (int32_t)(tile->words_end - tile->words) / 2;
  int32_t c = 0;
  for (; tile->pairs < tile->end; tile->pairs += 2, tile->out += step, tile->weights += bytes) {
    const int32_t multiplier = tile->pairs[1], shift = dew_shift_of(shifts, c++);
    int32_t sums[4];
    if (pixels == 3) {
      dew_twin_three(tile, tile->weights, sums);
    } else {
      dew_twin_four(tile, tile->weights, sums);
      tile->out[at3] = dew_paired_end(sums[3], multiplier, shift, zero_point);
    }
    tile->out[0] = dew_paired_end(sums[0], multiplier, shift, zero_point);
    tile->out[at1] = dew_paired_end(sums[1], multiplier, shift, zero_point);
    tile->out[at2] = dew_paired_end(sums[2], multiplier, shift, zero_point);
  }
}

#endif

/* A row of one pixel, as in dense layers: there is no second pixel, so no twins. */
static void dew_twin_single(const dew_tiled* conv, const dew_row* row) {
  const int8_t *const inputs = dew_patch_of(conv, row, 0, (int8_t*)row->scratch), *w = conv->weights;
  const int32_t* pair = conv->scale.pairs;
  int8_t* out = row->out + conv->pad_before;
  int32_t o, k;
  for (o = 0; o < conv->out_channels; o++, pair += 2, out += conv->channel_step) {
    const int8_t* x = inputs;
    int32_t acc = pair[0];
    for (k = conv->blocks; k > 0; k--, x += 4, w += 4)
      acc += x[0] * w[0] + x[1] * w[1] + x[2] * w[2] + x[3] * w[3];
    *out = dew_paired_end(acc, pair[1], dew_shift_of(conv->scale.shift, o), conv->scale.zero_point);
  }
}

static void dew_twin_tiles(const dew_tiled* conv, const dew_row* row) {
  const int32_t pixels = conv->tile, last = conv->out_width - 1, blocks = conv->blocks;
  uint32_t* words = (uint32_t*)row->scratch;
  int8_t* patch = (int8_t*)(words + 8 * blocks);
  dew_twins tile;
  int32_t x;
  tile.words = words;
  tile.words_end = words + 8 * blocks;
  tile.end = conv->scale.pairs + 2 * conv->out_channels;
  tile.step = conv->channel_step;
  tile.zero_point = conv->scale.zero_point;
  tile.start = 0U - 2 * DEW_TWIN_LIFT * (uint32_t)blocks;
  for (x = 0; x <= last; x += pixels) {
    /* If the row ends within a tile, its last pixel is computed again, into the same place. */
    const int32_t x1 = x < last ? x + 1 : last, x2 = x1 < last ? x1 + 1 : last,
                  x3 = x2 < last ? x2 + 1 : last;
    const int8_t* first = dew_patch_of(conv, row, x, patch);
    dew_twin_words(first, dew_patch_of(conv, row, x1, patch + 4 * blocks), words, blocks);
    first = dew_patch_of(conv, row, x2, patch);
    dew_twin_words(first, pixels == 3 ? 0 : dew_patch_of(conv, row, x3, patch + 4 * blocks), words + 2,
                   blocks);
    tile.at[0] = (x1 - x) * conv->pixel_step;
    tile.at[1] = (x2 - x) * conv->pixel_step;
    tile.at[2] = (x3 - x) * conv->pixel_step;
    tile.pairs = conv->scale.pairs;
    tile.weights = conv->weights;
#if DEW_ANY_SHIFTS
    tile.shift = conv->scale.shift;
#endif
    tile.out = row->out + conv->pad_before + x * conv->pixel_step;
    dew_twin_run(&tile, conv->scale.shift, pixels);
  }
}

static void dew_twin_row(const void* layer, const dew_row* row) {
  const dew_tiled* conv = (const dew_tiled*)layer;
  dew_patch_pads(conv, row);
  if (conv->tile == 1) {
    dew_twin_single(conv, row);
  } else {
    dew_twin_tiles(conv, row);
  }
  dew_paired_clamp(&conv->scale, row->out, dew_patch_bytes(conv));
}

#endif
