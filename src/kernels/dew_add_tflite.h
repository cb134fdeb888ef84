/* dew_add_tflite: one row of a sum, rounded as TensorFlow Lite does: both inputs are scaled with 20 extra
 * bits and added, then the sum is scaled. */
#ifndef DEW_ADD_TFLITE_H
#define DEW_ADD_TFLITE_H

#include "dew_clamp.h"
#include "dew_mve.h"
#include "dew_requantize.h"
#include "dew_types.h"

typedef struct dew_add_tflite {
  dew_operand second;
  int32_t multiplier_a, multiplier_b, multiplier;
  int8_t shift_a, shift_b, shift;
  int8_t zero_a, zero_b, zero_point, low, high;
  uint32_t count; /* bytes of a row */
} dew_add_tflite;

#if DEW_MVE

/* VQRDMULH rounds the high half of a product, VRSHL the right shift; it wants negative values that are
 * shifted lowered by one, since their ties go away from zero. No shift is to the left. */
#define DEW_ADD_SCALE(x, multiplier, shift) \
  "vqrdmulh.s32 " x ", " x ", " multiplier  \
  "\n"                                      \
  "vand q2, " x ", " shift                  \
  "\n"                                      \
  "vshr.s32 q2, q2, #31\n"                  \
  "vqadd.s32 " x ", " x                     \
  ", q2\n"                                  \
  "vrshl.s32 " x ", " x ", " shift "\n"

static inline void dew_add_tflite_span(const dew_add_tflite* add, const int8_t* a, const int8_t* b,
                                       int8_t* out, uint32_t count) {
  const int8_t each[5] = {add->low, add->high, add->shift_a, add->shift_b, add->shift};
  int32_t lanes[20], i;
  for (i = 0; i < 20; i++) lanes[i] = each[i / 4];
  __asm__ volatile(
      "vldrw.32 q3, [%[lanes]]\n"
      "vldrw.32 q4, [%[lanes], #16]\n"
      "vldrw.32 q5, [%[lanes], #32]\n"
      "vldrw.32 q6, [%[lanes], #48]\n"
      "vldrw.32 q7, [%[lanes], #64]\n"
      "dlstp.32 lr, %[count]\n"
      "1:\n"
      "vldrb.s32 q0, [%[a]], #4\n"
      "vldrb.s32 q1, [%[b]], #4\n"
      "vsub.i32 q0, q0, %[zero_a]\n"
      "vsub.i32 q1, q1, %[zero_b]\n"
      "vshl.i32 q0, q0, #20\n"
      "vshl.i32 q1, q1, #20\n" DEW_ADD_SCALE("q0", "%[multiplier_a]", "q5")
          DEW_ADD_SCALE("q1", "%[multiplier_b]", "q6") "vadd.i32 q0, q0, q1\n"  //
      DEW_ADD_SCALE("q0", "%[multiplier]", "q7")
      "vadd.i32 q0, q0, %[zero_point]\n"
      "vmax.s32 q0, q0, q3\n"
      "vmin.s32 q0, q0, q4\n"
      "vstrb.32 q0, [%[out]], #4\n"
      "letp lr, 1b\n"
      : [a] "+l"(a), [b] "+l"(b), [out] "+l"(out)
      : [count] "r"(count), [lanes] "r"(lanes), [multiplier_a] "r"(add->multiplier_a),
        [multiplier_b] "r"(add->multiplier_b), [multiplier] "r"(add->multiplier),
        [zero_a] "r"((int32_t)add->zero_a), [zero_b] "r"((int32_t)add->zero_b),
        [zero_point] "r"((int32_t)add->zero_point)
      : "lr", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "memory");
}

#else

static inline void dew_add_tflite_span(const dew_add_tflite* add, const int8_t* a, const int8_t* b,
                                       int8_t* out, uint32_t count) {
  const dew_add_tflite f = *add; /* a copy, since otherwise the compiler would reload it after every output */
  const int8_t* end = a + count;
  while (a < end) {
    const int32_t x = dew_requantize((*a++ - f.zero_a) * (1 << 20), f.multiplier_a, f.shift_a, 0);
    const int32_t y = dew_requantize((*b++ - f.zero_b) * (1 << 20), f.multiplier_b, f.shift_b, 0);
    *out++ = dew_clamp(dew_requantize(x + y, f.multiplier, f.shift, f.zero_point), f.low, f.high);
  }
}

#endif

static void dew_add_tflite_row(const void* layer, const dew_row* row) {
  const dew_add_tflite* add = (const dew_add_tflite*)layer;
  const uint32_t period = add->second.period;
  const int8_t* second =
      add->second.constant ? add->second.constant + (uint32_t)row->index * add->second.step : row->in2;
  uint32_t i;
  for (i = 0; i < add->count; i += period)
    dew_add_tflite_span(add, row->in[0] + i, second, row->out + i, period);
}

#endif
