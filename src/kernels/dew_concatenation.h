/* dew_concatenation: one row of two tensors, joined along columns or channels. The second may be a constant.
 */
#ifndef DEW_CONCATENATION_H
#define DEW_CONCATENATION_H

#include "dew_types.h"

typedef struct dew_concatenation {
  const int8_t* constant; /* null: the second tensor is the row of step in2 */
  uint32_t step;          /* distance from one row of the constant to the next */
  uint32_t first, second; /* bytes taken from each, alternately */
  uint32_t times;
  uint8_t turned; /* not 0: the second tensor comes first */
} dew_concatenation;

static void dew_concatenation_row(const void* layer, const dew_row* row) {
  const dew_concatenation* both = (const dew_concatenation*)layer;
  const int8_t* a = row->in[0];
  const int8_t* b = both->constant ? both->constant + (uint32_t)row->index * both->step : row->in2;
  int8_t* out = row->out;
  const uint32_t to_a = both->turned ? both->second : 0, to_b = both->turned ? 0 : both->first;
  uint32_t i;
  for (i = 0; i < both->times; i++) {
    memcpy(out + to_a, a, both->first);
    memcpy(out + to_b, b, both->second);
    a += both->first;
    b += both->second;
    out += both->first + both->second;
  }
}

#endif
