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
  const int8_t* a = row->in[0];
  const int8_t* b = add->second.constant ? add->second.constant + row->index * add->second.step : row->in2;
  uint32_t i, k;
  for (i = 0; i < add->count; i += add->second.period) {
    for (k = 0; k < add->second.period; k++) {
      const int32_t sum = a[i + k] * add->weight_a + b[k] * add->weight_b + add->offset;
      row->out[i + k] = dew_clamp(sum >> add->shift, add->low, add->high);
    }
  }
}

#endif
