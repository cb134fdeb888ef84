/* dew_subtract_tflite: one row of a difference, rounded as TensorFlow Lite does: both inputs are scaled with
 * 20 extra bits and subtracted, then the difference is scaled. */
#ifndef DEW_SUBTRACT_TFLITE_H
#define DEW_SUBTRACT_TFLITE_H

#include "dew_clamp.h"
#include "dew_requantize.h"
#include "dew_types.h"

typedef struct dew_subtract_tflite {
  dew_operand second;
  int32_t multiplier_a, multiplier_b, multiplier;
  int8_t shift_a, shift_b, shift;
  int8_t zero_a, zero_b, zero_point, low, high;
  int8_t sign;    /* 1: the second operand is subtracted from the first; -1: the first from the second */
  uint32_t count; /* bytes of a row */
} dew_subtract_tflite;

static void dew_subtract_tflite_row(const void* layer, const dew_row* row) {
  const dew_subtract_tflite* sub = (const dew_subtract_tflite*)layer;
  const int8_t* a = row->in[0];
  const int8_t* b =
      sub->second.constant ? sub->second.constant + (uint32_t)row->index * sub->second.step : row->in2;
  uint32_t i, k;
  for (i = 0; i < sub->count; i += sub->second.period) {
    for (k = 0; k < sub->second.period; k++) {
      const int32_t x =
          dew_requantize((a[i + k] - sub->zero_a) * (1 << 20), sub->multiplier_a, sub->shift_a, 0);
      const int32_t y = dew_requantize((b[k] - sub->zero_b) * (1 << 20), sub->multiplier_b, sub->shift_b, 0);
      row->out[i + k] =
          dew_clamp(dew_requantize((x - y) * sub->sign, sub->multiplier, sub->shift, sub->zero_point),
                    sub->low, sub->high);
    }
  }
}

#endif
