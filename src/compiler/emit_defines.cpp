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

/// Whether a number of a window, stride or padding needs two bytes, or a number of channels four.
bool has_wide_windows(const Plan& plan) {
  constexpr int kSmall = 255;
  constexpr int64_t kChannels = 65535;
  const auto wide = [](const auto& t) {
    if constexpr (requires { t.kernel_height; })
      return std::max({t.kernel_height, t.kernel_width, t.stride, t.dilation, t.pad}) > kSmall;
    else if constexpr (requires { t.pad_y; })
      return std::max({t.stride_y, t.stride_x, t.pad_y, t.pad_x}) > kSmall;
    else
      return false;
  };
  for (const Step& step : plan.program) {
    const dew_step& t = step.table;
    if (std::max({t.taps, t.dilation, t.stride, t.pad}) > kSmall) return true;
    if (step.kernel_table == nullptr) continue;
    const auto& fields = step.kernel_table->fields;
    const auto* laned = std::get_if<dew_laned>(&fields);
    const auto* tiled = laned != nullptr ? &laned->conv : std::get_if<dew_tiled>(&fields);
    if (tiled != nullptr && (wide(*tiled) || int64_t{tiled->in_channels} > kChannels)) return true;
    if (std::visit(wide, fields)) return true;
  }
  return false;
}

}  // namespace

std::string kernel_defines(const Plan& plan) {
  return fmt::format(
      "#define DEW_ROUNDING_TFLITE {}\n#define DEW_MAX_TAPS {}\n#define DEW_SHIFTS {}\n#define "
      "DEW_STACK_TAPS "
      "{}\n#define DEW_WIDE_WINDOWS {}\n\n",
      plan.rounding == graph::Rounding::kTflite ? 1 : 0, most_taps(plan), has_shifts(plan) ? 1 : 0,
      stack_taps(plan), has_wide_windows(plan) ? 1 : 0);
}

}  // namespace dew::compiler
