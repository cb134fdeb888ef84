/* dew_softmax: TensorFlow Lite's fixed-point softmax; the exponentials of all differences are in a table that
 * was computed when the model was compiled. */
#ifndef DEW_SOFTMAX_H
#define DEW_SOFTMAX_H

#include "dew_types.h"

typedef struct dew_softmax {
  const int32_t* exponential; /* Q0.31, indexed by largest - value; 0 from `entries` on */
  uint16_t entries;
  uint16_t depth;
  uint32_t count; /* bytes of a row, a multiple of depth */
} dew_softmax;

/* a * b / 2^31, rounded; the operands are never both INT32_MIN. */
static int32_t dew_doubling_product(int32_t a, int32_t b) {
  const int64_t product = (int64_t)a * b;
  return (int32_t)((product + (product >= 0 ? 0x40000000 : -0x3FFFFFFF)) / 0x80000000LL);
}

static int32_t dew_rounding_shift(int32_t x, int32_t exponent) {
  int32_t mask;
  if (exponent > 31) return 0;
  mask = (int32_t)(((uint32_t)1 << exponent) - 1);
  return (x >> exponent) + ((x & mask) > (mask >> 1) + (x < 0));
}

/* 1 / (1 + x) in Q0.31 for x in [0, 1) in Q0.31: three Newton-Raphson steps in Q2.29. */
static int32_t dew_one_over_one_plus(int32_t x) {
  const int32_t half = (int32_t)(((int64_t)x + 0x80000000LL) / 2);
  int32_t y = 1515870810 + dew_doubling_product(half, -1010580540);
  int32_t step;
  for (step = 0; step < 3; step++) {
    const int32_t error = ((int32_t)1 << 29) - dew_doubling_product(half, y);
    y += dew_doubling_product(y, error) * 4;
  }
  return y > INT32_MAX / 2 ? INT32_MAX : y * 2;
}

static void dew_softmax_row(const void* layer, const dew_row* row) {
  const dew_softmax* softmax = (const dew_softmax*)layer;
  const int8_t* in = row->in[0];
  int8_t *out = row->out, *end = out + softmax->count;
  for (; out < end; in += softmax->depth, out += softmax->depth) {
    int32_t largest = -128, sum = 0, headroom = 0, reciprocal, i;
    for (i = 0; i < softmax->depth; i++) largest = in[i] > largest ? in[i] : largest;
    for (i = 0; i < softmax->depth; i++) {
      const int32_t difference = largest - in[i];
      if (difference < softmax->entries) sum += dew_rounding_shift(softmax->exponential[difference], 12);
    }
    while (((uint32_t)sum << headroom) < 0x80000000U) headroom++;
    reciprocal = dew_one_over_one_plus((int32_t)(((uint32_t)sum << headroom) - 0x80000000U));
    for (i = 0; i < softmax->depth; i++) {
      const int32_t difference = largest - in[i];
      int32_t y = 0;
      if (difference < softmax->entries) {
        y = dew_rounding_shift(dew_doubling_product(reciprocal, softmax->exponential[difference]),
                               12 - headroom + 23);
      }
      out[i] = (int8_t)(y > 255 ? 127 : y - 128);
    }
  }
}

#endif
