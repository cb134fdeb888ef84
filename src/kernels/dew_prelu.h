/* dew_prelu: one row of a Relu whose values below zero are multiplied by a constant of their channel. */
#ifndef DEW_PRELU_H
#define DEW_PRELU_H

#include "dew_clamp.h"
#include "dew_requantize.h"
#include "dew_types.h"

typedef struct dew_prelu {
  dew_operand second; /* the slopes */
  int32_t multiplier, multiplier_below;
  int8_t shift, shift_below, zero_in, zero_slope, zero_point;
  uint32_t count; /* bytes of a row */
} dew_prelu;

static void dew_prelu_row(const void* layer, const dew_row* row) {
  const dew_prelu* prelu = (const dew_prelu*)layer;
  const int8_t* in = row->in[0];
  const int8_t* slopes = prelu->second.constant + (uint32_t)row->index * prelu->second.step;
  uint32_t i, k;
  for (i = 0; i < prelu->count; i += prelu->second.period) {
    for (k = 0; k < prelu->second.period; k++) {
      const int32_t x = in[i + k] - prelu->zero_in;
      const int32_t y = x >= 0 ? dew_requantize(x, prelu->multiplier, prelu->shift, prelu->zero_point)
                               : dew_requantize(x * (slopes[k] - prelu->zero_slope), prelu->multiplier_below,
                                                prelu->shift_below, prelu->zero_point);
      row->out[i + k] = dew_clamp(y, -128, 127);
    }
  }
}

#endif
