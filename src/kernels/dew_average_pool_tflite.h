/* dew_average_pool_tflite: averages, rounded half away from zero as in TensorFlow Lite. */
#ifndef DEW_AVERAGE_POOL_TFLITE_H
#define DEW_AVERAGE_POOL_TFLITE_H

#include "dew_clamp.h"
#include "dew_pool.h"

static void dew_average_pool_tflite_row(const void* layer, const dew_row* row) {
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
      *out++ = dew_clamp((sum > 0 ? sum + count / 2 : sum - count / 2) / count, pool->low, pool->high);
    }
  }
}

#endif
