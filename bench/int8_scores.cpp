#include "bench/int8_scores.h"

#include "compiler/compiler.h"
#include "target/target.h"

namespace dew::bench {

Result<std::vector<std::vector<float>>> int8_scores(const graph::Graph& graph,
                                                    const std::vector<std::vector<uint8_t>>& pictures,
                                                    Watch& watch) {
  compiler::Options compiling;
  compiling.isa = target::host_isa();
  DEW_TRY(const compiler::Plan plan, compiler::compile(graph, compiling));
  std::vector<target::Bytes> inputs;
  for (target::Bytes bytes : pictures) {
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(byte - 128);
    inputs.push_back(std::move(bytes));
  }
  DEW_TRY(const auto outputs, target::run_on_host(plan, inputs, watch));
  std::vector<std::vector<float>> rows;
  for (const target::Bytes& output : outputs) {
    std::vector<float>& row = rows.emplace_back();
    const graph::Quantisation& q = plan.output.quantisation;
    for (const uint8_t byte : output)
      row.push_back(q.scale[0] * static_cast<float>(static_cast<int8_t>(byte) - q.zero_point[0]));
  }
  return rows;
}

}  // namespace dew::bench
