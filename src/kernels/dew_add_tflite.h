/* dew_add_tflite: one row of a sum, rounded as TensorFlow Lite does: both inputs are scaled with 20 extra
 * bits and added, then the sum is scaled. */
#ifndef DEW_ADD_TFLITE_H
#define DEW_ADD_TFLITE_H

#include "dew_clamp.h"
#include "dew_requantize.h"
#include "dew_types.h"

typedef struct dew_add_tflite {
  dew_operand second;
  int32_t multiplier_a, multiplier_b, multiplier;
  int8_t shift_a, shift_b, shift;
  int8_t zero_a, zero_b, zero_point, low, high;
  uint32_t count; /* bytes of a row */
} dew_add_tflite;

static void dew_add_tflite_row(const void* layer, const dew_row* row) {
  const dew_add_tflite* add = (const dew_add_tflite*)layer;
  const int8_t* a = row->in[0];
  const int8_t* b = add->second.constant ? add->second.constant + row->index * add->second.step : row->in2;
  uint32_t i, k;
  for (i = 0; i < add->count; i += add->second.period) {
    for (k = 0; k < add->second.period; k++) {
      const int32_t x =
          dew_requantize((a[i + k] - add->zero_a) * (1 << 20), add->multiplier_a, add->shift_a, 0);
      const int32_t y = dew_requantize((b[k] - add->zero_b) * (1 << 20), add->multiplier_b, add->shift_b, 0);
      const int32_t sum = dew_requantize(x + y, add->multiplier, add->shift, add->zero_point);
      row->out[i + k] = dew_clamp(sum, add->low, add->high);
    }
  }
}

#endif
