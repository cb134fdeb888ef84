/* dew_average_pool: one row of averages over windows; pixels outside the image do not count. */
#ifndef DEW_AVERAGE_POOL_H
#define DEW_AVERAGE_POOL_H

#include "dew_clamp.h"
#include "dew_pool.h"
#include "dew_requantize.h"

static void dew_average_pool_row(const void* layer, const dew_row* row) {
  const dew_pool* pool = (const dew_pool*)layer;
  const int32_t channels = pool->channels;
  const dew_span rows = dew_pool_rows(pool, row->index);
  int8_t* out = row->out;
  int32_t x, y, c, column;
  for (x = 0; x < pool->out_width; x++) {
    const dew_span columns = dew_inside(x * pool->stride_x - pool->pad_x, pool->width, pool->in_width);
    const int32_t count = (rows.end - rows.begin) * (columns.end - columns.begin);
    for (c = 0; c < channels; c++) {
      int32_t sum = 0;
      for (y = rows.begin; y < rows.end; y++) {
        for (column = columns.begin; column < columns.end; column++) sum += row->in[y][column * channels + c];
      }
      /* 1 / count is stored as 2^32 / count; where that would not fit, it is shifted down and the sum up. */
      *out++ = dew_clamp(dew_requantize(sum, pool->multiplier[count], count < 3 ? 3 - count : 0, 0),
                         pool->low, pool->high);
    }
  }
}

#endif
