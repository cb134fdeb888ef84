/* dew_channel: from a channel's accumulator to its int8 output. */
#ifndef DEW_CHANNEL_H
#define DEW_CHANNEL_H

#include "dew_clamp.h"
#include "dew_requantize.h"

/* `acc` is channel c's accumulator, bias included. */
static inline int8_t dew_finish_channel(const dew_scale* scale, int32_t c, int32_t acc) {
  const int32_t shift = scale->shift ? scale->shift[c] : 0;
  return dew_clamp(dew_requantize(acc, scale->multiplier[c], shift, scale->zero_point), scale->low,
                   scale->high);
}

#endif
