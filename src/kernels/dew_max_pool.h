/* dew_max_pool: one row of the largest values in windows. */
#ifndef DEW_MAX_POOL_H
#define DEW_MAX_POOL_H

#include "dew_clamp.h"
#include "dew_pool.h"

static void dew_max_pool_row(const void* layer, const dew_row* row) {
  const dew_pool* pool = (const dew_pool*)layer;
  const int32_t channels = pool->channels;
  const dew_span rows = dew_pool_rows(pool, row->index);
  int8_t* out = row->out;
  int32_t x, y, c, column;
  for (x = 0; x < pool->out_width; x++) {
    const dew_span columns = dew_inside(x * pool->stride_x - pool->pad_x, pool->width, pool->in_width);
    for (c = 0; c < channels; c++) {
      int32_t largest = -128;
      for (y = rows.begin; y < rows.end; y++) {
        for (column = columns.begin; column < columns.end; column++) {
          const int32_t value = row->in[y][column * channels + c];
          if (value > largest) largest = value;
        }
      }
      *out++ = dew_clamp(largest, pool->low, pool->high);
    }
  }
}

#endif
