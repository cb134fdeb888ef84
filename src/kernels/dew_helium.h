/* dew_helium: one row of any convolution on cores with Helium, four channels of one pixel at a time. The row
 * may be written planar, like dew_tiled's.
 *
 * One instruction multiplies sixteen bytes by sixteen and sums the products; lanes beyond the last weight are
 * masked, so channels need no padding. Channels come in groups of four, whose biases and then multipliers are
 * in scale.pairs; where the number of channels is no multiple of four, the last group overlaps the one before
 * it. */
#ifndef DEW_HELIUM_H
#define DEW_HELIUM_H

#include "dew_fours.h"
#include "dew_patch_pads.h"

#if DEW_MVE

/* What all pixels of a row share. */
static dew_fours dew_helium_work(const dew_tiled* conv, const int8_t* in, int8_t* out) {
  const int32_t count = 4 * conv->blocks;
  dew_fours fours;
  int32_t i;
  for (i = 0; i < 4; i++) fours.places[i] = i * conv->channel_step;
  fours.in = in;
  fours.count = count;
  fours.weights = conv->weights;
  fours.ends = conv->scale.pairs;
  fours.out = out;
  fours.zero_point = conv->scale.zero_point;
  fours.channel_step = conv->channel_step;
  fours.rewind = count - ((count + 15) & ~15);
  fours.in_step = count * conv->stride;
  fours.out_step = conv->pixel_step;
#if DEW_ANY_SHIFTS
  fours.shift = conv->scale.shift;
#endif
  return fours;
}

/* All channels of `pixels` pixels. */
static void dew_helium_wide(const dew_tiled* conv, const dew_fours* start, int32_t pixels) {
  const int32_t rest = conv->out_channels & 3;
  dew_fours fours = *start;
  fours.stop = fours.ends + 2 * (conv->out_channels - rest);
  fours.pixels = pixels;
  dew_fours_pixels(&fours);
  if (rest == 0) return;
  fours.in = start->in;
  fours.weights += (conv->out_channels - rest) * fours.count;
  fours.ends = fours.stop;
  fours.stop += 8;
  fours.out = start->out + (conv->out_channels - 4) * conv->channel_step;
  fours.pixels = pixels;
#if DEW_ANY_SHIFTS
  if (fours.shift) fours.shift += conv->out_channels - rest;
#endif
  dew_fours_pixels(&fours);
}

static void dew_helium_narrow(const dew_tiled* conv, dew_fours fours) {
  const int32_t outs = conv->out_channels;
  int8_t* const out = fours.out;
  int32_t o;
  fours.pixels = conv->out_width;
  for (o = 0; o < outs; o += 4) {
    fours.out = out + (o < outs - 4 ? o : outs - 4) * conv->channel_step;
    dew_fours_row(&fours);
    fours.weights += 4 * fours.count;
    fours.ends += 8;
#if DEW_ANY_SHIFTS
    if (fours.shift) fours.shift += 4;
#endif
  }
}

/* How many pixels from x on, at most a tile, have their windows inside the image; 0 if dew_helium_gather
 * cannot take them together. */
static int32_t dew_helium_inside(const dew_tiled* conv, int32_t x) {
  const int32_t left = x * conv->stride - conv->pad, room = conv->in_width - conv->kernel_width - left;
  int32_t pixels = conv->tile;
  if (left < 0 || conv->dilation != 1 || conv->in_channels * conv->kernel_width > 16) return 0;
  if (pixels > conv->out_width - x) pixels = conv->out_width - x;
  while (pixels > 0 && (pixels - 1) * conv->stride > room) pixels--;
  return pixels;
}

/* Gathers the inputs of such pixels. What follows a pixel's last input meets weights of zero. */
static void dew_helium_gather(const dew_tiled* conv, const dew_row* row, int32_t x, int32_t pixels,
                              int8_t* patch) {
  const int32_t channels = conv->in_channels, span = channels * conv->kernel_width;
  const int32_t left = x * conv->stride - conv->pad;
  int32_t ky;
  for (ky = 0; ky < conv->kernel_height; ky++, patch += span) {
    const int8_t* from = row->in[ky] + left * channels;
    int8_t* to = patch;
    __asm__ volatile(
        "vctp.8 %[span]\n"
        "dls lr, %[pixels]\n"
        "1:\n"
        "vpstt\n"
        "vldrbt.8 q0, [%[from]]\n"
        "vstrbt.8 q0, [%[to]]\n"
        "add %[from], %[from], %[step]\n"
        "add %[to], %[to], %[count]\n"
        "le lr, 1b\n"
        : [from] "+r"(from), [to] "+r"(to)
        : [span] "r"(span), [pixels] "r"(pixels), [step] "r"(conv->stride * channels),
          [count] "r"(4 * conv->blocks)
        : "lr", "q0", "memory");
  }
}

static void dew_helium_pixels(const dew_tiled* conv, const dew_row* row, int8_t* out) {
  const int32_t count = conv->in_channels, width = conv->out_width;
  const int in_place = conv->kernel_height == 1 && conv->kernel_width == 1 && (count & 3) == 0;
  const int inside = conv->pad == 0 && (width - 1) * conv->stride < conv->in_width;
  dew_fours fours = dew_helium_work(conv, row->in[0], out);
  int32_t pixels, x;
  if (in_place && inside) {
    if (conv->stride == 1 && (count == 8 || count == 16)) {
      dew_helium_narrow(conv, fours);
    } else {
      dew_helium_wide(conv, &fours, width);
    }
    return;
  }
  fours.in_step = fours.count;
  for (x = 0; x < width; x += pixels, fours.out += pixels * conv->pixel_step) {
    int8_t* patch = (int8_t*)row->scratch;
    pixels = in_place ? 0 : dew_helium_inside(conv, x);
    if (pixels > 0) {
      dew_helium_gather(conv, row, x, pixels, patch);
      fours.in = patch;
    } else {
      pixels = 1;
      fours.in = dew_patch_of(conv, row, x, patch);
    }
    dew_helium_wide(conv, &fours, pixels);
  }
}

#else

static void dew_helium_pixels(const dew_tiled* conv, const dew_row* row, int8_t* out) {
  const int32_t count = 4 * conv->blocks, outs = conv->out_channels;
  int32_t x, o, i, k;
  for (x = 0; x < conv->out_width; x++, out += conv->pixel_step) {
    const int8_t* in = dew_patch_of(conv, row, x, (int8_t*)row->scratch);
    const int8_t* weights = conv->weights;
    const int32_t* ends = conv->scale.pairs;
    for (o = 0; o < outs; o += 4, ends += 8) {
      const int32_t first = o < outs - 4 ? o : outs - 4;
      for (i = 0; i < 4; i++, weights += count) {
        int32_t acc = ends[i];
        for (k = 0; k < count; k++) acc += in[k] * weights[k];
        out[(first + i) * conv->channel_step] =
            dew_paired_end(acc, ends[4 + i], dew_shift_of(conv->scale.shift, o + i), conv->scale.zero_point);
      }
    }
  }
}

#endif

static void dew_helium_row(const void* layer, const dew_row* row) {
  const dew_tiled* conv = (const dew_tiled*)layer;
  dew_patch_pads(conv, row);
  dew_helium_pixels(conv, row, row->out + conv->pad_before);
  dew_paired_clamp(&conv->scale, row->out, dew_patch_bytes(conv));
}

#endif
