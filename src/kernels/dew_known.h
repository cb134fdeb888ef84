/* dew_known: 1 if a picture's features look like those that the net learned from, else 0.
 *
 * Their shares are compared with the mean shares of each class: u = in - zero_point, or 0, and a class is
 * near where C * (C * sum(w u u) + sum(u) * sum(w u)) <= limit * sum(u)^2 for C features. */
#ifndef DEW_KNOWN_H
#define DEW_KNOWN_H

#include "dew_types.h"

typedef struct dew_known {
  const int8_t* weights; /* [classes][features]; their bytes are 0 to 255 */
  const int32_t* limits; /* by class */
  uint16_t classes, features;
  int8_t zero_point;
} dew_known;

/* A weighted square has 24 bits, so this many of them fit 32. */
#define DEW_KNOWN_BLOCK 256

static void dew_known_row(const void* layer, const dew_row* row) {
  const dew_known* known = (const dew_known*)layer;
  const int8_t* in = row->in[0];
  const int8_t* weights = known->weights;
  const int64_t features = known->features;
  const int32_t zero_point = known->zero_point;
  int64_t sum = 0;
  uint32_t c, i;
  int8_t found = 0;
  for (i = 0; i < known->features; i++) sum += in[i] > zero_point ? in[i] - zero_point : 0;
  for (c = 0; c < known->classes && sum > 0 && !found; c++, weights += known->features) {
    int64_t squares = 0, singles = 0;
    for (i = 0; i < known->features;) {
      const uint32_t rest = known->features - i;
      const uint32_t end = rest > DEW_KNOWN_BLOCK ? i + DEW_KNOWN_BLOCK : known->features;
      uint32_t block_squares = 0, block_singles = 0;
      for (; i < end; i++) {
        const int32_t u = in[i] - zero_point;
        if (u > 0) {
          const uint32_t weighted = (uint32_t)(uint8_t)weights[i] * (uint32_t)u;
          block_singles += weighted;
          block_squares += weighted * (uint32_t)u;
        }
      }
      squares += block_squares;
      singles += block_singles;
    }
    found = features * (features * squares + sum * singles) <= known->limits[c] * sum * sum;
  }
  row->out[0] = found;
}

#endif
