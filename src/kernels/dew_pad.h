/* dew_pad: one row with zero points around it, for padding that no convolution could absorb. */
#ifndef DEW_PAD_H
#define DEW_PAD_H

#include "dew_types.h"

typedef struct dew_pad {
  int8_t zero_point;
  uint16_t in_width, in_channels, left, right, before, after; /* pixels, then channels */
} dew_pad;

static int8_t* dew_pad_fill(const dew_pad* pad, int8_t* out, uint32_t count) {
  memset(out, pad->zero_point, count);
  return out + count;
}

static void dew_pad_row(const void* layer, const dew_row* row) {
  const dew_pad* pad = (const dew_pad*)layer;
  const uint32_t channels = (uint32_t)pad->before + pad->in_channels + pad->after;
  const int8_t* in = row->in[0];
  int8_t* out = dew_pad_fill(pad, row->out, pad->left * channels);
  int32_t x;
  for (x = 0; x < pad->in_width; x++) {
    out = dew_pad_fill(pad, out, pad->before);
    memcpy(out, in, pad->in_channels);
    out = dew_pad_fill(pad, out + pad->in_channels, pad->after);
    in += pad->in_channels;
  }
  dew_pad_fill(pad, out, pad->right * channels);
}

#endif
