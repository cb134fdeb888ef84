/* dew_add: a row of a sum of two int8 tensors: (a * weight_a + b * weight_b + offset) >> shift. */
#ifndef DEW_ADD_H
#define DEW_ADD_H

#include "dew_clamp.h"
#include "dew_types.h"

typedef struct dew_add {
  dew_operand second;
  int32_t weight_a, weight_b, offset; /* the offset holds all zero points and one half */
  uint8_t shift;
  int8_t low, high;
  uint32_t count; /* bytes of a row */
} dew_add;

static void dew_add_row(const void* layer, const dew_row* row) {
  const dew_add* add = (const dew_add*)layer;
  const int32_t weight_a = add->weight_a, weight_b = add->weight_b, offset = add->offset;
  const int32_t shift = add->shift, low = add->low, high = add->high;
  const int8_t* second =
      add->second.constant ? add->second.constant + row->index * add->second.step : row->in2;
  const int8_t *a = row->in[0], *end = a + add->count;
  int8_t* out = row->out;
  while (a < end) {
    const int8_t *b = second, *b_end = second + add->second.period;
    while (b < b_end) *out++ = dew_clamp((*a++ * weight_a + *b++ * weight_b + offset) >> shift, low, high);
  }
}

#endif
