/* dew_patch_pads: for kernels that can write planar rows. */
#ifndef DEW_PATCH_PADS_H
#define DEW_PATCH_PADS_H

#include "dew_patch.h"

/* Writes the padding columns around every channel's pixels of a planar row, once for each row of the ring:
 * later rows leave them alone. Not inlined, because it would take registers from the loops around it. */
#if defined(__GNUC__)
__attribute__((noinline))
#endif
static void
dew_patch_pads(const dew_tiled* conv, const dew_row* row) {
  const int8_t zero_point = conv->scale.zero_point;
  const int32_t gap = conv->pad_before + conv->pad_after, pitch = conv->channel_step;
  int8_t* out = row->out;
  int32_t o, k;
  if (!row->fresh || gap == 0) return;
  for (k = conv->pad_before; k > 0; k--) *out++ = zero_point;
  out += conv->out_width;
  for (o = conv->out_channels - 1; o > 0; o--, out += pitch) {
    out[0] = zero_point;
    if (gap > 1) out[1] = zero_point;
    for (k = 2; k < gap; k++) out[k] = zero_point;
  }
  for (k = conv->pad_after; k > 0;) out[--k] = zero_point;
}

/* The bytes of an output row, planar or not. */
static uint32_t dew_patch_bytes(const dew_tiled* conv) {
  return (uint32_t)conv->out_channels * (conv->channel_step == 1 ? conv->out_width : conv->channel_step);
}

#endif
