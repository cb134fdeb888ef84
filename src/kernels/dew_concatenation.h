/* dew_concatenation: one row of two tensors, joined along columns or channels. */
#ifndef DEW_CONCATENATION_H
#define DEW_CONCATENATION_H

#include "dew_types.h"

typedef struct dew_concatenation {
  uint32_t first, second; /* bytes taken from each, alternately */
  uint32_t times;
} dew_concatenation;

static void dew_concatenation_row(const void* layer, const dew_row* row) {
  const dew_concatenation* both = (const dew_concatenation*)layer;
  const int8_t *a = row->in[0], *b = row->in2;
  int8_t* out = row->out;
  uint32_t i;
  for (i = 0; i < both->times; i++) {
    memcpy(out, a, both->first);
    memcpy(out + both->first, b, both->second);
    a += both->first;
    b += both->second;
    out += both->first + both->second;
  }
}

#endif
