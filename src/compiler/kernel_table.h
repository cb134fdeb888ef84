// A step's kernel table with its type: for lowering, which fills it in, and the emitter, which prints it.
#pragma once

#include <memory>
#include <variant>

#include "compiler/plan.h"
#include "kernels/tables.h"

namespace dew::compiler {

struct KernelTable {
  std::variant<dew_add, dew_add_tflite, dew_concatenation, dew_depthwise, dew_depthwise_planar, dew_divide,
               dew_known, dew_laned, dew_laned_depthwise, dew_log_softmax, dew_lookup, dew_maximum, dew_mean,
               dew_multiply, dew_pad, dew_pool, dew_prelu, dew_resize, dew_slice, dew_softmax,
               dew_subtract_tflite, dew_tiled, dew_transpose>
      fields;
};

template <typename T>
std::shared_ptr<const KernelTable> kernel_table(const T& fields) {
  return std::make_shared<const KernelTable>(KernelTable{fields});
}

}  // namespace dew::compiler
