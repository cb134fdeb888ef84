/* dew_all: all kernels, for the compiler and the host; never part of generated code. */
#ifndef DEW_ALL_H
#define DEW_ALL_H

#include "dew_add.h"
#include "dew_add_tflite.h"
#include "dew_average_pool.h"
#include "dew_average_pool_tflite.h"
#include "dew_concatenation.h"
#include "dew_dense.h"
#include "dew_depthwise.h"
#include "dew_depthwise_helium.h"
#include "dew_depthwise_planar.h"
#include "dew_divide.h"
#include "dew_helium.h"
#include "dew_known.h"
#include "dew_lanes.h"
#include "dew_lanes_depthwise.h"
#include "dew_log_softmax.h"
#include "dew_lookup.h"
#include "dew_max_pool.h"
#include "dew_maximum.h"
#include "dew_mean.h"
#include "dew_multiply.h"
#include "dew_pad.h"
#include "dew_prelu.h"
#include "dew_resize.h"
#include "dew_slice.h"
#include "dew_softmax.h"
#include "dew_subtract_tflite.h"
#include "dew_tiled.h"
#include "dew_transpose.h"
#include "dew_twin.h"

/* DEW_EACH(kernel) for every kernel. */
#define DEW_EACH_KERNEL(DEW_EACH)   \
  DEW_EACH(dew_add)                 \
  DEW_EACH(dew_add_tflite)          \
  DEW_EACH(dew_average_pool)        \
  DEW_EACH(dew_average_pool_tflite) \
  DEW_EACH(dew_concatenation)       \
  DEW_EACH(dew_dense)               \
  DEW_EACH(dew_depthwise_planar)    \
  DEW_EACH(dew_depthwise_helium)    \
  DEW_EACH(dew_helium)              \
  DEW_EACH(dew_depthwise)           \
  DEW_EACH(dew_divide)              \
  DEW_EACH(dew_known)               \
  DEW_EACH(dew_lanes)               \
  DEW_EACH(dew_lanes_depthwise)     \
  DEW_EACH(dew_log_softmax)         \
  DEW_EACH(dew_lookup)              \
  DEW_EACH(dew_max_pool)            \
  DEW_EACH(dew_maximum)             \
  DEW_EACH(dew_mean)                \
  DEW_EACH(dew_multiply)            \
  DEW_EACH(dew_pad)                 \
  DEW_EACH(dew_prelu)               \
  DEW_EACH(dew_resize)              \
  DEW_EACH(dew_slice)               \
  DEW_EACH(dew_tiled)               \
  DEW_EACH(dew_softmax)             \
  DEW_EACH(dew_subtract_tflite)     \
  DEW_EACH(dew_transpose)           \
  DEW_EACH(dew_twin)

#endif
