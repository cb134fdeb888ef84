#include "verbs/common/int8_run.h"

#include "compiler/compiler.h"
#include "target/target.h"
#include "verbs/common/model.h"
#include "verbs/common/pictures.h"

namespace dew::verbs {

student::QuantiseSettings quantise_settings(const Settings& settings, uint64_t seed) {
  student::QuantiseSettings wanted;
  wanted.ranges = settings.calibration == "min-max" ? student::Ranges::kMinMax : student::Ranges::kHistogram;
  wanted.equalise = settings.equalise == "on";
  wanted.qat = settings.qat == "on"    ? student::Qat::kOn
               : settings.qat == "off" ? student::Qat::kOff
                                       : student::Qat::kAuto;
  wanted.seed = seed;
  return wanted;
}

Result<std::vector<std::vector<float>>> run_int8(const graph::Graph& graph,
                                                 const std::vector<std::vector<uint8_t>>& pictures,
                                                 Watch& watch) {
  compiler::Options options;
  options.isa = target::host_isa();
  DEW_TRY(const compiler::Plan plan, compiler::compile(graph, options));
  std::vector<target::Bytes> inputs;
  inputs.reserve(pictures.size());
  for (const auto& picture : pictures) inputs.push_back(rgb_to_int8(picture));
  DEW_TRY(const auto outputs, target::run_on_host(plan, inputs, watch));
  std::vector<std::vector<float>> rows;
  for (const target::Bytes& output : outputs) {
    const auto values = scores(output, plan);
    rows.emplace_back(values.begin(), values.end());
  }
  return rows;
}

}  // namespace dew::verbs
