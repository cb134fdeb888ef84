// What the kernels of a generated file are told about its model by #define: sizes, and code they can leave
// out.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/emit.h"
#include "compiler/kernel_table.h"
#include "compiler/lower.h"

namespace dew::compiler {
namespace {

/// The taps of the largest window, which are rows of its input.
int most_taps(const Plan& plan) {
  int most = 1;
  for (const Step& step : plan.program) most = std::max<int>(most, step.table.taps);
  return most;
}

/// The shifts of a step's channels; null: it has none.
const int8_t* shifts_of(const Step& step) {
  if (step.kernel_table == nullptr) return nullptr;
  const auto* tiled = std::get_if<dew_tiled>(&step.kernel_table->fields);
  const auto* planar = std::get_if<dew_depthwise_planar>(&step.kernel_table->fields);
  return tiled != nullptr ? tiled->scale.shift : planar != nullptr ? planar->scale.shift : nullptr;
}

/// Whether any convolution shifts sums to the left before it scales them.
bool has_shifts(const Plan& plan) {
  std::set<const void*> shifts;
  for (const Step& step : plan.program) shifts.insert(shifts_of(step));
  return std::any_of(plan.constants.begin(), plan.constants.end(), [&](const auto& constant) {
    return shifts.count(constant->bytes.data()) > 0 &&
           std::any_of(constant->bytes.begin(), constant->bytes.end(),
                       [](uint8_t byte) { return static_cast<int8_t>(byte) > 0; });
  });
}

/// The taps of the largest depthwise window whose list of pixels is on the stack.
int stack_taps(const Plan& plan) {
  int most = 1;
  for (const Step& step : plan.program) {
    if (step.kernel_table == nullptr) continue;
    const auto* table = std::get_if<dew_depthwise>(&step.kernel_table->fields);
    const int taps = table != nullptr ? table->kernel_height * table->kernel_width : 0;
    if (taps <= DEW_STACK_TAPS) most = std::max(most, taps);
  }
  return most;
}

}  // namespace

std::string kernel_defines(const Plan& plan) {
  return fmt::format(
      "#define DEW_ROUNDING_TFLITE {}\n#define DEW_MAX_TAPS {}\n#define DEW_SHIFTS {}\n#define "
      "DEW_STACK_TAPS "
      "{}\n\n",
      plan.rounding == graph::Rounding::kTflite ? 1 : 0, most_taps(plan), has_shifts(plan) ? 1 : 0,
      stack_taps(plan));
}

}  // namespace dew::compiler
