/* dew_resize: one row of a resized picture. Each row and column of the output lies between two of the input,
 * with a weight in 1/1024 for the second; nearest neighbours have the weight 0. The step is given the whole
 * input. */
#ifndef DEW_RESIZE_H
#define DEW_RESIZE_H

#include "dew_types.h"

typedef struct dew_resize {
  const int32_t* rows;    /* for each: the offsets of both rows, and the weight */
  const int32_t* columns; /* for each: the offsets of both pixels, and the weight */
  uint16_t out_width, channels;
} dew_resize;

static void dew_resize_row(const void* layer, const dew_row* row) {
  const dew_resize* resize = (const dew_resize*)layer;
  const int32_t* y = resize->rows + 3 * row->index;
  const int32_t* x = resize->columns;
  const int32_t* end = x + 3 * resize->out_width;
  const int32_t channels = resize->channels;
  const int8_t* over = row->in[0] + y[0];
  const int8_t* under = row->in[0] + y[1];
  int8_t* out = row->out;
  int32_t c;
  for (; x < end; x += 3, out += channels) {
    const int32_t right = x[2], left = 1024 - right, below = y[2], above = 1024 - below;
    if (right == 0 && below == 0) {
      memcpy(out, over + x[0], (uint32_t)channels);
      continue;
    }
    for (c = 0; c < channels; c++) {
      const int32_t first = over[x[0] + c] * left + over[x[1] + c] * right;
      const int32_t second = under[x[0] + c] * left + under[x[1] + c] * right;
      const int32_t sum = first * above + second * below;
      out[c] = (int8_t)((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
    }
  }
}

#endif
