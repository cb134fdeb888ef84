// The host: a plan run in this process, by the same engine and kernels that the emitted C holds.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

#include "kernels/tables.h"
#include "target/target.h"

namespace dew::target {

using compiler::Conversion;
using compiler::Plan;

HostNet::HostNet(Plan plan, kernels::Vectors vectors)
    : plan_(std::move(plan)), rows_made_(plan_.program.size(), 0) {
  const bool tflite = plan_.rounding == graph::Rounding::kTflite;
  steps_.reserve(plan_.program.size());
  for (const compiler::Step& step : plan_.program) {
    dew_step table = step.table;
    table.run = kernels::host_kernel(step.kernel, tflite, vectors);
    table.layer = compiler::address_of(step.kernel_table.get());
    steps_.push_back(table);
  }
  arena_.reset(new (std::nothrow) uint32_t[static_cast<size_t>(plan_.arena_bytes) / 4]());
  forget();
}

void HostNet::forget() {
  if (arena_ == nullptr) return;
  for (const compiler::Remembered& state : plan_.remembered) {
    uint8_t* place = arena() + steps_[state.step].offset;
    const auto bytes = static_cast<size_t>(state.bytes);
    if (state.first == nullptr)
      std::memset(place, state.fill, bytes);
    else
      std::memcpy(place, state.first, bytes);
  }
}

Result<Bytes> HostNet::run(std::span<const uint8_t> input) {
  if (static_cast<int64_t>(input.size()) != plan_.input.bytes())
    return usage_error("the input has " + std::to_string(input.size()) + " bytes, the model takes " +
                           std::to_string(plan_.input.bytes()),
                       plan_.symbol);
  if (arena_ == nullptr)
    return work_error("out of memory: the arena takes " + with_commas(plan_.arena_bytes) + " bytes",
                      plan_.symbol, "use a smaller net or input");
  const dew_net net = {steps_.data(), plan_.waves.data(), static_cast<uint16_t>(plan_.waves.size() - 1)};
  dew_engine_start(&net, rows_made_.data());
  const size_t row_bytes = steps_[0].row_bytes;
  const size_t step = plan_.input_conversion.kind == Conversion::Kind::kFloat ? row_bytes * 4 : row_bytes;
  for (size_t at = 0; at < input.size(); at += step) {
    convert_row(&input[at], dew_image_row(&net, arena(), rows_made_.data()), row_bytes);
    dew_image_pushed(&net, arena(), rows_made_.data());
  }
  dew_engine_complete(&net, arena(), rows_made_.data());
  return output();
}

uint8_t* HostNet::arena() const {
  return reinterpret_cast<uint8_t*>(arena_.get());
}

void HostNet::convert_row(const uint8_t* from, uint8_t* to, size_t count) const {
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

Bytes HostNet::output() const {
  const uint8_t* made = arena() + steps_.back().offset;
  Bytes result(static_cast<size_t>(plan_.output_bytes()));
  for (const compiler::OutputPart& part : plan_.parts) {
    const Conversion& conversion = part.conversion;
    const uint8_t* from = made + part.offset;
    uint8_t* to = result.data() + part.at;
    for (size_t i = 0; i < static_cast<size_t>(part.tensor.elements()); ++i) {
      if (conversion.kind == Conversion::Kind::kFloat) {
        const float value =
            conversion.scale * static_cast<float>(static_cast<int8_t>(from[i]) - conversion.zero_point);
        std::memcpy(to + 4 * i, &value, 4);
      } else {
        to[i] = conversion.kind == Conversion::Kind::kFlip ? from[i] ^ 0x80 : from[i];
      }
    }
  }
  return result;
}

Result<std::vector<Bytes>> run_on_host(const Plan& plan, std::span<const Bytes> inputs, Watch& watch,
                                       kernels::Vectors vectors) {
  HostNet net(plan, vectors);
  std::vector<Bytes> outputs;
  for (const Bytes& input : inputs) {
    if (watch.interrupted()) return interrupted_error();
    DEW_TRY(Bytes output, net.run(input));
    outputs.push_back(std::move(output));
  }
  return outputs;
}

compiler::Isa host_isa() {
  return kernels::host_vectors().size() > 1 ? compiler::Isa::kLanes : compiler::Isa::kGeneric;
}

}  // namespace dew::target
