/* dew_mean: the mean over rows and columns, one row at a time into 32-bit sums. */
#ifndef DEW_MEAN_H
#define DEW_MEAN_H

#include "dew_clamp.h"
#include "dew_requantize.h"
#include "dew_types.h"

typedef struct dew_mean {
  int32_t start; /* minus the input's zero point times the number of pixels */
  int32_t multiplier;
  int8_t shift, zero_point, low, high;
  uint16_t width, channels;
} dew_mean;

static void dew_mean_row(const void* layer, const dew_row* row) {
  const dew_mean* mean = (const dew_mean*)layer;
  const int32_t channels = mean->channels;
  const int8_t* in = row->in[0];
  int32_t* sums = (int32_t*)row->scratch;
  int32_t x, c;
  if (row->index == 0) {
    for (c = 0; c < channels; c++) sums[c] = mean->start;
  }
  for (x = 0; x < mean->width; x++) {
    for (c = 0; c < channels; c++) sums[c] += *in++;
  }
  if (!row->last) return;
  for (c = 0; c < channels; c++) {
    row->out[c] = dew_clamp(dew_requantize(sums[c], mean->multiplier, mean->shift, mean->zero_point),
                            mean->low, mean->high);
  }
}

#endif
