/* dew_log_softmax: TensorFlow Lite's fixed-point logarithm of the softmax; the exponentials of all
 * differences are in a table that was computed when the model was compiled. */
#ifndef DEW_LOG_SOFTMAX_H
#define DEW_LOG_SOFTMAX_H

#include "dew_types.h"

typedef struct dew_log_softmax {
  const int32_t* exponential; /* Q0.31, indexed by largest - value; 0 from `entries` on */
  int32_t multiplier;         /* a difference times 2^shift times this is Q5.26 */
  uint8_t shift;
  uint16_t entries;
  uint16_t depth;
  uint32_t count; /* bytes of a row, a multiple of depth */
} dew_log_softmax;

/* a * b / 2^31, rounded. */
static int32_t dew_log_product(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + 0x40000000) >> 31);
}

/* x in Q0.31 and its power of two, so that x is the smaller and the power the larger of two candidates whose
 * powers are half apart: x is between the square root of 1/2 and 1. The power is Q6.25, plus 1/4. */
static int32_t dew_log_reduce(int32_t x, int32_t* power) {
  const int32_t sqrt_half = 1518500250, one = (int32_t)1 << 25, smaller = dew_log_product(x, sqrt_half);
  int32_t above = 0, room = -1, whole;
  uint32_t half;
  while (((uint32_t)x << above) < 0x80000000U) above++;
  while (((uint32_t)smaller << (room + 1)) < 0x80000000U) room++;
  whole = dew_log_product((int32_t)((uint32_t)x << (above - 1)), sqrt_half);
  whole = whole > INT32_MAX / 2 ? INT32_MAX : whole * 2;
  half = (uint32_t)x << room;
  if (half < (uint32_t)whole) whole = (int32_t)half;
  *power = above <= room ? (12 - above) * one + one / 4 : (12 - room) * one - one / 4;
  return whole;
}

/* ln(x) in Q5.26 for x >= 1 in Q12.19: a quotient of polynomials about the fourth root of 1/2. */
static int32_t dew_log(int32_t x) {
  const int32_t root = 1805811301, one = (int32_t)1 << 29;
  int32_t power, q, q2, top, below, half, y, step;
  x = dew_log_reduce(x, &power);
  q = 2 * (x - root);
  q2 = dew_log_product(q, q);
  top = dew_log_product(q, x) + dew_log_product(dew_log_product(q, q2), 117049297);
  below = (int32_t)(((uint32_t)x + (uint32_t)root + 1) / 2);
  below =
      dew_log_product(below, 1057819769 + q + dew_log_product(127690142, q2)) + dew_log_product(638450708, q);
  /* Divided by 1 + below, in three Newton-Raphson steps in Q2.29. */
  half = (int32_t)(((uint32_t)below + 0x80000000U) / 2);
  y = 1515870810 + dew_log_product(half, -1010580540);
  for (step = 0; step < 3; step++) y += dew_log_product(y, one - dew_log_product(half, y)) * 4;
  y = y > INT32_MAX / 2 ? INT32_MAX : y * 2;
  top = dew_log_product((top + 31 + (top >= 0)) >> 6, y); /* to Q6.25, halves away from zero */
  return 2 * (dew_log_product(power, 1488522236) + top);
}

static void dew_log_softmax_row(const void* layer, const dew_row* row) {
  const dew_log_softmax* softmax = (const dew_log_softmax*)layer;
  const int8_t* in = row->in[0];
  int8_t *out = row->out, *end = out + softmax->count;
  for (; out < end; in += softmax->depth, out += softmax->depth) {
    int32_t largest = -128, sum = 0, i;
    uint32_t log_of_sum;
    for (i = 0; i < softmax->depth; i++) largest = in[i] > largest ? in[i] : largest;
    for (i = 0; i < softmax->depth; i++) {
      const int32_t difference = largest - in[i];
      if (difference < softmax->entries)
        sum += (int32_t)(((uint32_t)softmax->exponential[difference] + 2048) >> 12);
    }
    log_of_sum = (uint32_t)dew_log(sum);
    for (i = 0; i < softmax->depth; i++) {
      const int32_t difference = largest - in[i];
      uint32_t steps = 255;
      if (difference < softmax->entries) {
        const int32_t real =
            dew_log_product(difference * ((int32_t)1 << softmax->shift), softmax->multiplier);
        steps = (log_of_sum + (uint32_t)real + 0x200000U) >> 22;
      }
      out[i] = (int8_t)(127 - (int32_t)(steps > 255 ? 255 : steps));
    }
  }
}

#endif
