/* dew_dense: all channels of a single pixel from a single pixel, as in dense layers, on cores with the DSP
 * extension: four channels at a time, and those left over one by one.
 *
 * Each weight is used once, so nothing is gained by widening it beforehand. Weights of four channels
 * alternate by blocks of four; those of the last channels are stored one channel after the other. */
#ifndef DEW_DENSE_H
#define DEW_DENSE_H

#include "dew_dsp.h"
#include "dew_paired.h"
#include "dew_patch_pads.h"

#if DEW_DSP
/* Four inputs, of which x holds 0 and 2 and `odd` 1 and 3, times the next four weights. */
#define DEW_DENSE_LOAD "ldr %[x], [%[in]], #4\nsxtb16 %[odd], %[x], ror #8\nsxtb16 %[x], %[x]\n"
#define DEW_DENSE_PRODUCT(sum)                                                           \
  "ldr %[w], [%[weights]], #4\nsxtb16 %[even], %[w]\n"                                   \
  "sxtb16 %[w], %[w], ror #8\nsmlad %[" sum "], %[x], %[even], %[" sum "]\nsmlad %[" sum \
  "], %[odd], %[w], %[" sum "]\n"
#endif

/* Adds to four sums; returns the weights after theirs. */
static inline const int8_t* dew_dense_four(const int8_t* in, int32_t blocks, const int8_t* weights,
                                           int32_t* sums) {
  const int8_t* const end = in + 4 * blocks;
  int32_t a = sums[0], b = sums[1], c = sums[2], d = sums[3];
#if DEW_DSP
  uint32_t x, w, odd, even;
  __asm__ volatile("1:\n" DEW_DENSE_LOAD DEW_DENSE_PRODUCT("a") DEW_DENSE_PRODUCT("b") DEW_DENSE_PRODUCT("c")
                       DEW_DENSE_PRODUCT("d") "cmp %[in], %[end]\nbne 1b\n"
                   : [a] "+r"(a), [b] "+r"(b), [c] "+r"(c), [d] "+r"(d), [in] "+r"(in),
                     [weights] "+r"(weights), [x] "=&r"(x), [w] "=&r"(w), [odd] "=&r"(odd), [even] "=&r"(even)
                   : [end] "r"(end)
                   : "cc", "memory");
#else
  for (; in < end; in += 4, weights += 16) {
    int32_t k;
    for (k = 0; k < 4; k++) {
      a += in[k] * weights[k];
      b += in[k] * weights[4 + k];
      c += in[k] * weights[8 + k];
      d += in[k] * weights[12 + k];
    }
  }
#endif
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
  return weights;
}

static inline const int8_t* dew_dense_one(const int8_t* in, int32_t blocks, const int8_t* weights,
                                          int32_t* sum) {
  const int8_t* const end = in + 4 * blocks;
  int32_t a = *sum;
#if DEW_DSP
  uint32_t x, w, odd, even;
  __asm__ volatile("1:\n" DEW_DENSE_LOAD DEW_DENSE_PRODUCT("a") "cmp %[in], %[end]\nbne 1b\n"
                   : [a] "+r"(a), [in] "+r"(in), [weights] "+r"(weights), [x] "=&r"(x), [w] "=&r"(w),
                     [odd] "=&r"(odd), [even] "=&r"(even)
                   : [end] "r"(end)
                   : "cc", "memory");
#else
  for (; in < end; in++) a += *in * *weights++;
#endif
  *sum = a;
  return weights;
}

/* The pixel's inputs: in place, or copied with zeros in the last block. */
static const int8_t* dew_dense_inputs(const dew_tiled* conv, const dew_row* row) {
  int8_t* copy = (int8_t*)row->scratch;
  if ((conv->in_channels & 3) == 0) return row->in[0];
  memset(copy + 4 * (conv->blocks - 1), 0, 4);
  memcpy(copy, row->in[0], conv->in_channels);
  return copy;
}

static void dew_dense_row(const void* layer, const dew_row* row) {
  const dew_tiled* conv = (const dew_tiled*)layer;
  const int8_t *const in = dew_dense_inputs(conv, row), *weights = conv->weights;
  const int32_t* pairs = conv->scale.pairs;
  int8_t* out = row->out + conv->pad_before;
  int32_t c, i, count;
  dew_patch_pads(conv, row);
  for (c = 0; c < conv->out_channels; c += count) {
    int32_t sums[4];
    count = c + 4 <= conv->out_channels ? 4 : 1;
    for (i = 0; i < count; i++) sums[i] = pairs[2 * i];
    weights = count == 4 ? dew_dense_four(in, conv->blocks, weights, sums)
                         : dew_dense_one(in, conv->blocks, weights, sums);
    for (i = 0; i < count; i++, pairs += 2, out += conv->channel_step)
      *out =
          dew_paired_end(sums[i], pairs[1], dew_shift_of(conv->scale.shift, c + i), conv->scale.zero_point);
  }
  dew_paired_clamp(&conv->scale, row->out, dew_patch_bytes(conv));
}

#endif
