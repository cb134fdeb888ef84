/* dew_divide: one row of an int8 tensor divided by constants; the quotients of all bytes by each of the
 * divisors were computed when the model was compiled. */
#ifndef DEW_DIVIDE_H
#define DEW_DIVIDE_H

#include "dew_types.h"

typedef struct dew_divide {
  dew_operand second;   /* which divisor */
  const int8_t* tables; /* 256 values a divisor, indexed by the unsigned byte */
  uint32_t count;       /* bytes of a row */
} dew_divide;

static void dew_divide_row(const void* layer, const dew_row* row) {
  const dew_divide* divide = (const dew_divide*)layer;
  const uint8_t* a = (const uint8_t*)row->in[0];
  const uint8_t* which = (const uint8_t*)divide->second.constant + (uint32_t)row->index * divide->second.step;
  uint32_t i, k;
  for (i = 0; i < divide->count; i += divide->second.period) {
    for (k = 0; k < divide->second.period; k++)
      row->out[i + k] = divide->tables[(uint32_t)which[k] * 256 + a[i + k]];
  }
}

#endif
