/* dew_tiled: one row of any convolution for cores with the DSP extension, three or four pixels by one channel
 * at a time. The row may be written planar, channel by channel with padding columns around the pixels, which
 * is what dew_depthwise_planar reads. */
#ifndef DEW_TILED_H
#define DEW_TILED_H

#include "dew_patch_pads.h"
#include "dew_tile.h"

static void dew_tiled_row(const void* layer, const dew_row* row) {
  const dew_tiled* conv = (const dew_tiled*)layer;
  const int32_t pixels = conv->tile, last = conv->out_width - 1;
  int16_t* wide = (int16_t*)row->scratch;
  int8_t* patch = (int8_t*)(wide + 4 * pixels * conv->blocks);
  dew_tile tile;
  int32_t x, i;
  dew_patch_pads(conv, row);
  tile.wide = wide;
  tile.blocks = conv->blocks;
  tile.end = conv->scale.pairs + 2 * conv->out_channels;
  tile.step = conv->channel_step;
  tile.zero_point = DEW_END_ZERO_POINT(conv->scale.zero_point);
  tile.weights = conv->weights;
  for (x = 0; x <= last; x += pixels) {
    for (i = 0; i < pixels; i++) {
      /* If the row ends within a tile, its last pixel is computed again, into the same place. */
      const int32_t pixel = x + i < last ? x + i : last;
      dew_widen(dew_patch_of(conv, row, pixel, patch), wide + 4 * i, conv->blocks, 4 * pixels);
      if (i > 0) tile.at[i - 1] = (pixel - x) * conv->pixel_step;
    }
    tile.pairs = conv->scale.pairs;
    tile.shift = conv->scale.shift;
    tile.out = row->out + conv->pad_before + x * conv->pixel_step;
    dew_tile_run(&tile, pixels);
  }
  dew_paired_clamp(&conv->scale, row->out, dew_patch_bytes(conv));
}

#endif
