/* dew_transpose: a whole tensor of up to four axes, with the axes reordered; a copy if their order stays. */
#ifndef DEW_TRANSPOSE_H
#define DEW_TRANSPOSE_H

#include "dew_types.h"

typedef struct dew_transpose {
  uint32_t extent[4]; /* of the output, outermost axis first */
  uint32_t stride[4]; /* in the input, in bytes */
} dew_transpose;

static void dew_transpose_row(const void* layer, const dew_row* row) {
  const dew_transpose* t = (const dew_transpose*)layer;
  const int8_t* in = row->in[0];
  int8_t* out = row->out;
  uint32_t a, b, c, d;
  for (a = 0; a < t->extent[0]; a++) {
    for (b = 0; b < t->extent[1]; b++) {
      for (c = 0; c < t->extent[2]; c++) {
        const int8_t* from = in + a * t->stride[0] + b * t->stride[1] + c * t->stride[2];
        for (d = 0; d < t->extent[3]; d++, from += t->stride[3]) *out++ = *from;
      }
    }
  }
}

#endif
