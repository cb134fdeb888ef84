/* dew_slice: one row of a part of a tensor: every stride-th column and channel from an offset on. */
#ifndef DEW_SLICE_H
#define DEW_SLICE_H

#include "dew_types.h"

typedef struct dew_slice {
  uint32_t offset; /* of the first byte in the row */
  uint32_t columns, column_stride, channels, channel_stride;
  uint16_t row; /* which of the rows that the step is given */
} dew_slice;

static void dew_slice_row(const void* layer, const dew_row* row) {
  const dew_slice* part = (const dew_slice*)layer;
  const int8_t* in = row->in[part->row] + part->offset;
  int8_t* out = row->out;
  uint32_t x, c;
  for (x = 0; x < part->columns; x++, in += part->column_stride) {
    for (c = 0; c < part->channels; c++) *out++ = in[c * part->channel_stride];
  }
}

#endif
