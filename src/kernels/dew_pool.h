/* dew_pool: what average and max pool share: windows, clipped at the image's border. */
#ifndef DEW_POOL_H
#define DEW_POOL_H

#include "dew_types.h"

typedef struct dew_pool {
  const int32_t* multiplier; /* average: 1 / count, indexed by count; max: null */
  uint16_t in_width, out_width, channels, in_rows;
  uint16_t height, width; /* of the window */
  dew_small stride_y, stride_x, pad_y, pad_x;
  int8_t low, high;
} dew_pool;

typedef struct dew_span {
  int32_t begin, end;
} dew_span;

/* The part of [first, first + length) inside [0, limit). */
static inline dew_span dew_inside(int32_t first, int32_t length, int32_t limit) {
  dew_span span;
  span.begin = first < 0 ? 0 : first;
  span.end = first + length > limit ? limit : first + length;
  return span;
}

/* Which of the rows that a kernel is given lie inside the image. */
static inline dew_span dew_pool_rows(const dew_pool* pool, int32_t index) {
  const int32_t first = index * pool->stride_y - pool->pad_y;
  dew_span span = dew_inside(first, pool->height, pool->in_rows);
  span.begin -= first;
  span.end -= first;
  return span;
}

#endif
