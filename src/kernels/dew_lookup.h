/* dew_lookup: any function of one byte, computed when the model was compiled. */
#ifndef DEW_LOOKUP_H
#define DEW_LOOKUP_H

#include "dew_types.h"

typedef struct dew_lookup {
  const int8_t* table; /* 256 values, indexed by the unsigned byte */
  uint32_t count;      /* bytes of a row */
} dew_lookup;

static void dew_lookup_row(const void* layer, const dew_row* row) {
  const dew_lookup* lookup = (const dew_lookup*)layer;
  const uint8_t* in = (const uint8_t*)row->in[0];
  uint32_t i;
  for (i = 0; i < lookup->count; i++) row->out[i] = lookup->table[in[i]];
}

#endif
