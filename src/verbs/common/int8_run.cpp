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

Result<compiler::Plan> plan_for_host(const graph::Graph& graph) {
  compiler::Options options;
  options.isa = target::host_isa();
  return compiler::compile(graph, options);
}

Result<std::vector<std::vector<float>>> run_plan(const compiler::Plan& plan,
                                                 const std::vector<std::vector<uint8_t>>& pictures,
                                                 Watch& watch) {
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

Result<std::vector<std::vector<float>>> run_int8(const graph::Graph& graph,
                                                 const std::vector<std::vector<uint8_t>>& pictures,
                                                 Watch& watch) {
  DEW_TRY(const compiler::Plan plan, plan_for_host(graph));
  return run_plan(plan, pictures, watch);
}

}  // namespace dew::verbs
