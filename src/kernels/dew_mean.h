/* dew_mean: the mean over rows and columns, one row at a time into 32-bit sums. */
#ifndef DEW_MEAN_H
#define DEW_MEAN_H

#include "dew_clamp.h"
#include "dew_mve.h"
#include "dew_requantize.h"
#include "dew_types.h"

typedef struct dew_mean {
  int32_t start; /* minus the input's zero point times the number of pixels */
  int32_t multiplier;
  int8_t shift, zero_point, low, high;
  uint16_t width, channels;
} dew_mean;

/* Adds a pixel's channels to the sums. */
static inline void dew_mean_add(const int8_t* in, int32_t* sums, int32_t channels) {
#if DEW_MVE
  __asm__ volatile(
      "dlstp.32 lr, %[channels]\n"
      "1:\n"
      "vldrb.s32 q0, [%[in]], #4\n"
      "vldrw.u32 q1, [%[sums]]\n"
      "vadd.i32 q0, q0, q1\n"
      "vstrw.32 q0, [%[sums]], #16\n"
      "letp lr, 1b\n"
      : [in] "+l"(in), [sums] "+r"(sums)
      : [channels] "r"(channels)
      : "lr", "q0", "q1", "memory");
#else
  int32_t c;
  for (c = 0; c < channels; c++) sums[c] += in[c];
#endif
}

static void dew_mean_row(const void* layer, const dew_row* row) {
  const dew_mean* mean = (const dew_mean*)layer;
  const int32_t channels = mean->channels;
  const int8_t* in = row->in[0];
  int32_t* sums = (int32_t*)row->scratch;
  int32_t x, c;
  if (row->index == 0) {
    for (c = 0; c < channels; c++) sums[c] = mean->start;
  }
  for (x = 0; x < mean->width; x++, in += channels) dew_mean_add(in, sums, channels);
  if (!row->last) return;
  for (c = 0; c < channels; c++) {
    row->out[c] = dew_clamp(dew_requantize(sums[c], mean->multiplier, mean->shift, mean->zero_point),
                            mean->low, mean->high);
  }
}

#endif
