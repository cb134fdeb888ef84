/* dew_helium_end: scales sums in the lanes of q0 on cores with Helium, as pieces of assembly. The zero point
 * and the narrowing to int8 follow.
 *
 * A shift is positive to the left, which saturates. TensorFlow Lite's first rounding is VQRDMULH; the second,
 * whose ties go away from zero, is VRSHL, whose ties go up, after negative values that are shifted right have
 * been lowered by one: the sign bit of sum AND shift. */
#ifndef DEW_HELIUM_END_H
#define DEW_HELIUM_END_H

#include "dew_mve.h"
#include "dew_paired.h"

#if DEW_MVE

#define DEW_LANES_LEFT(shift) "vqshl.s32 q0, q0, " shift "\n"
#define DEW_LANES_HIGH(multiplier, shift, free) \
  "vqrdmulh.s32 q0, q0, " multiplier            \
  "\n"                                          \
  "vand " free ", q0, " shift                   \
  "\n"                                          \
  "vshr.s32 " free ", " free                    \
  ", #31\n"                                     \
  "vqadd.s32 q0, q0, " free "\n"
#define DEW_LANES_RIGHT(shift) "vrshl.s32 q0, q0, " shift "\n"

/* The same where each lane has a shift of its own, to the left or to the right; they change the mask that
 * VPST uses. */
#if DEW_SHIFTS
#define DEW_LANES_SOME_LEFT(shift) "vpt.s32 gt, " shift ", zr\nvqshlt.s32 q0, q0, " shift "\n"
#define DEW_LANES_SOME_RIGHT(shift) "vpt.s32 lt, " shift ", zr\nvrshlt.s32 q0, q0, " shift "\n"
#else
#define DEW_LANES_SOME_LEFT(shift)
#define DEW_LANES_SOME_RIGHT(shift) DEW_LANES_RIGHT(shift)
#endif

#endif

#endif
