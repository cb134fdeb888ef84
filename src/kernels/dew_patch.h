/* dew_patch: what all tiled convolutions share: their table, and how a pixel's inputs are found. */
#ifndef DEW_PATCH_H
#define DEW_PATCH_H

#include "dew_mve.h"
#include "dew_types.h"

typedef struct dew_tiled {
  const int8_t* weights; /* OHWI, each channel padded with zeros to a multiple of four */
  const int8_t* zero;    /* one pixel of the input's zero point, for columns outside the image */
  dew_paired_scale scale;
  uint16_t in_width;
  dew_count in_channels;
  uint16_t out_width, out_channels;
  dew_small kernel_height, kernel_width, stride, dilation, pad;
  uint8_t tile;                      /* pixels computed together */
  uint16_t blocks;                   /* weights per channel, in units of four */
  uint16_t pixel_step, channel_step; /* distance from one output to the next, in bytes */
  uint8_t pad_before, pad_after;     /* planar rows: columns of zero point around a channel's pixels */
} dew_tiled;

static inline void dew_patch_copy(int8_t* to, const int8_t* from, int32_t count) {
#if DEW_MVE
  __asm__ volatile("dlstp.8 lr, %2\n1:\nvldrb.8 q0, [%1], #16\nvstrb.8 q0, [%0], #16\nletp lr, 1b"
                   : "+r"(to), "+r"(from)
                   : "r"(count)
                   : "lr", "q0", "memory");
#else
  int32_t k;
  for (k = count >> 2; k > 0; k--, to += 4, from += 4) memcpy(to, from, 4);
  for (k = count & 3; k > 0; k--) *to++ = *from++;
#endif
}

/* Gathers the inputs of the output pixel whose window begins at column `left`; zeros fill the last block. */
static void dew_patch_gather(const dew_tiled* conv, const dew_row* row, int32_t left, int8_t* to) {
  const int32_t channels = conv->in_channels, span = channels * conv->kernel_width;
  const int inside = left >= 0 && left + conv->kernel_width <= conv->in_width && conv->dilation == 1;
  int8_t* const end = to + 4 * conv->blocks;
  int32_t ky, kx, k;
  for (ky = 0; ky < conv->kernel_height; ky++) {
    const int8_t* from = row->in[ky] + left * channels;
    if (inside) {
      dew_patch_copy(to, from, span);
      to += span;
      continue;
    }
    for (kx = 0; kx < conv->kernel_width; kx++, to += channels) {
      const int32_t column = left + kx * conv->dilation;
      from = column >= 0 && column < conv->in_width ? row->in[ky] + column * channels : conv->zero;
      for (k = 0; k < channels; k++) to[k] = from[k];
    }
  }
  while (to < end) *to++ = 0;
}

/* The inputs of output pixel x: in place if they are contiguous, else gathered in `patch`. Unused by kernels
 * that only have the table in common. */
#if defined(__GNUC__)
__attribute__((unused))
#endif
static const int8_t*
dew_patch_of(const dew_tiled* conv, const dew_row* row, int32_t x, int8_t* patch) {
  const int32_t left = x * conv->stride - conv->pad;
  if (conv->kernel_height == 1 && conv->kernel_width == 1 && (conv->in_channels & 3) == 0) {
    return left >= 0 && left < conv->in_width ? row->in[0] + left * conv->in_channels : conv->zero;
  }
  dew_patch_gather(conv, row, left, patch);
  return patch;
}

#endif
