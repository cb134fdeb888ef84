/* dew_maximum: one row of the larger, or the smaller, of two int8 tensors. */
#ifndef DEW_MAXIMUM_H
#define DEW_MAXIMUM_H

#include "dew_types.h"

typedef struct dew_maximum {
  dew_operand second;
  uint8_t smaller; /* not 0: the minimum */
  uint32_t count;  /* bytes of a row */
} dew_maximum;

static void dew_maximum_row(const void* layer, const dew_row* row) {
  const dew_maximum* both = (const dew_maximum*)layer;
  const int8_t* a = row->in[0];
  const int8_t* b =
      both->second.constant ? both->second.constant + (uint32_t)row->index * both->second.step : row->in2;
  uint32_t i, k;
  for (i = 0; i < both->count; i += both->second.period) {
    for (k = 0; k < both->second.period; k++) {
      const int8_t x = a[i + k], y = b[k];
      row->out[i + k] = (x > y) == (both->smaller == 0) ? x : y;
    }
  }
}

#endif
