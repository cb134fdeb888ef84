// The host: a plan run in this process, by the same engine and kernels that the emitted C holds.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/kernels.h"
#include "target/target.h"

namespace dew::target {
namespace {

using compiler::Conversion;
using compiler::Plan;

/// The plan's tables with this process's addresses in them, and an arena.
class HostNet {
 public:
  HostNet(const Plan& plan, kernels::Vectors vectors) : plan_(plan), done_(plan.program.size(), 0) {
    const bool tflite = plan.rounding == graph::Rounding::kTflite;
    for (const compiler::Step& step : plan.program) {
      dew_step table = step.table;
      table.run = kernels::host_kernel(step.kernel, tflite, vectors);
      table.layer = std::visit([](const auto& layer) -> const void* { return &layer; }, step.layer);
      steps_.push_back(table);
    }
    net_ = {steps_.data(), plan.waves.data(), static_cast<uint16_t>(plan.waves.size() - 1)};
    arena_.resize(static_cast<size_t>(plan.arena_bytes) / 4);
  }
  HostNet(const HostNet&) = delete;
  HostNet& operator=(const HostNet&) = delete;

  Bytes run(const Bytes& input) {
    dew_begin(&net_, done_.data());
    const size_t row_bytes = steps_[0].row_bytes;
    const size_t step = plan_.input_conversion.kind == Conversion::Kind::kFloat ? row_bytes * 4 : row_bytes;
    for (size_t at = 0; at < input.size(); at += step) {
      convert_row(&input[at], dew_image_row(&net_, arena(), done_.data()), row_bytes);
      dew_image_pushed(&net_, arena(), done_.data());
    }
    dew_finish(&net_, arena(), done_.data());
    return output();
  }

 private:
  uint8_t* arena() { return reinterpret_cast<uint8_t*>(arena_.data()); }

  void convert_row(const uint8_t* from, uint8_t* to, size_t count) const {
    const Conversion& conversion = plan_.input_conversion;
    if (conversion.kind != Conversion::Kind::kFloat) {
      const uint8_t flip = conversion.kind == Conversion::Kind::kFlip ? 0x80 : 0;
      dew_copy_row(to, from, static_cast<uint32_t>(count), flip);
      return;
    }
    for (size_t i = 0; i < count; ++i) {
      float value = 0;
      std::memcpy(&value, from + 4 * i, 4);
      float steps = std::round(value / conversion.scale);
      if (std::isnan(steps)) steps = 0;
      const int q = static_cast<int>(std::clamp(steps, -1024.0F, 1024.0F)) + conversion.zero_point;
      to[i] = static_cast<uint8_t>(std::clamp(q, -128, 127));
    }
  }

  Bytes output() {
    const Conversion& conversion = plan_.output_conversion;
    const uint8_t* made = arena() + steps_.back().offset;
    const auto count = static_cast<size_t>(plan_.output.elements());
    Bytes result(static_cast<size_t>(plan_.output.bytes()));
    for (size_t i = 0; i < count; ++i) {
      if (conversion.kind == Conversion::Kind::kFloat) {
        const float value =
            conversion.scale * static_cast<float>(static_cast<int8_t>(made[i]) - conversion.zero_point);
        std::memcpy(&result[4 * i], &value, 4);
      } else {
        result[i] = conversion.kind == Conversion::Kind::kFlip ? made[i] ^ 0x80 : made[i];
      }
    }
    return result;
  }

  const Plan& plan_;
  std::vector<dew_step> steps_;
  dew_net net_ = {};
  std::vector<uint16_t> done_;
  std::vector<uint32_t> arena_;
};

}  // namespace

Result<std::vector<Bytes>> run_on_host(const Plan& plan, std::span<const Bytes> inputs, Watch& watch,
                                       kernels::Vectors vectors) {
  HostNet net(plan, vectors);
  std::vector<Bytes> outputs;
  for (const Bytes& input : inputs) {
    if (watch.interrupted()) return interrupted_error();
    if (static_cast<int64_t>(input.size()) != plan.input.bytes()) {
      return usage_error("the input has " + std::to_string(input.size()) + " bytes, the model takes " +
                             std::to_string(plan.input.bytes()),
                         plan.symbol);
    }
    outputs.push_back(net.run(input));
  }
  return outputs;
}

compiler::Isa host_isa() {
  return kernels::host_vectors().size() > 1 ? compiler::Isa::kLanes : compiler::Isa::kGeneric;
}

}  // namespace dew::target
