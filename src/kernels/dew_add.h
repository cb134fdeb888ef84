/* dew_add: one row of the sum of two int8 tensors: (a * weight_a + b * weight_b + offset) >> shift. */
#ifndef DEW_ADD_H
#define DEW_ADD_H

#include "dew_clamp.h"
#include "dew_mve.h"
#include "dew_types.h"

typedef struct dew_add {
  dew_operand second;
  int32_t weight_a, weight_b, offset; /* offset: all zero points, and one half for rounding */
  uint8_t shift;
  int8_t low, high;
  uint32_t count; /* bytes of a row */
} dew_add;

#if DEW_MVE

static inline void dew_add_span(const dew_add* add, const int8_t* a, const int8_t* b, int8_t* out,
                                uint32_t count) {
  __asm__ volatile(
      "vdup.32 q2, %[low]\n"
      "vdup.32 q3, %[high]\n"
      "dlstp.32 lr, %[count]\n"
      "1:\n"
      "vldrb.s32 q0, [%[a]], #4\n"
      "vldrb.s32 q1, [%[b]], #4\n"
      "vmul.i32 q0, q0, %[weight_a]\n"
      "vmla.s32 q0, q1, %[weight_b]\n"
      "vadd.i32 q0, q0, %[offset]\n"
      "vshl.s32 q0, %[shift]\n"
      "vmax.s32 q0, q0, q2\n"
      "vmin.s32 q0, q0, q3\n"
      "vstrb.32 q0, [%[out]], #4\n"
      "letp lr, 1b\n"
      : [a] "+l"(a), [b] "+l"(b), [out] "+l"(out)
      : [count] "r"(count), [weight_a] "r"(add->weight_a), [weight_b] "r"(add->weight_b),
        [offset] "r"(add->offset), [shift] "r"(-(int32_t)add->shift), [low] "r"((int32_t)add->low),
        [high] "r"((int32_t)add->high)
      : "lr", "q0", "q1", "q2", "q3", "memory");
}

#else

static inline void dew_add_span(const dew_add* add, const int8_t* a, const int8_t* b, int8_t* out,
                                uint32_t count) {
  const int32_t weight_a = add->weight_a, weight_b = add->weight_b, offset = add->offset;
  const int32_t shift = add->shift, low = add->low, high = add->high;
#if defined(__wasm_simd128__) /* clang makes vectors of this form */
  uint32_t i;
  for (i = 0; i < count; i++)
    out[i] = dew_clamp((a[i] * weight_a + b[i] * weight_b + offset) >> shift, low, high);
#else
  const int8_t* end = a + count;
  while (a < end) *out++ = dew_clamp((*a++ * weight_a + *b++ * weight_b + offset) >> shift, low, high);
#endif
}

#endif

static void dew_add_row(const void* layer, const dew_row* row) {
  const dew_add* add = (const dew_add*)layer;
  const uint32_t period = add->second.period;
  const int8_t* second =
      add->second.constant ? add->second.constant + (uint32_t)row->index * add->second.step : row->in2;
  uint32_t i;
  for (i = 0; i < add->count; i += period) dew_add_span(add, row->in[0] + i, second, row->out + i, period);
}

#endif
