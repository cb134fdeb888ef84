/* dew_multiply: one row of the product of two int8 tensors. */
#ifndef DEW_MULTIPLY_H
#define DEW_MULTIPLY_H

#include "dew_clamp.h"
#include "dew_requantize.h"
#include "dew_types.h"

typedef struct dew_multiply {
  dew_operand second;
  int32_t multiplier;
  int8_t shift, zero_a, zero_b, zero_point, low, high;
  uint32_t count; /* bytes of a row */
} dew_multiply;

static void dew_multiply_row(const void* layer, const dew_row* row) {
  const dew_multiply* mul = (const dew_multiply*)layer;
  const int8_t* a = row->in[0];
  const int8_t* b =
      mul->second.constant ? mul->second.constant + (uint32_t)row->index * mul->second.step : row->in2;
  uint32_t i, k;
  for (i = 0; i < mul->count; i += mul->second.period) {
    for (k = 0; k < mul->second.period; k++) {
      const int32_t product = (a[i + k] - mul->zero_a) * (b[k] - mul->zero_b);
      row->out[i + k] = dew_clamp(dew_requantize(product, mul->multiplier, mul->shift, mul->zero_point),
                                  mul->low, mul->high);
    }
  }
}

#endif
