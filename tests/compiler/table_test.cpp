// The table on this host: every family in every rounding, schedule and set of kernels equals the oracle to
// the bit. DEWDROP_SWEEP chooses how much of it: a slice (the default), "full", or "exhaustive", which
// combines all channels with all shapes and takes very long.
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "tests/compiler/compare.h"
#include "tests/compiler/table.h"

namespace dew::test {
namespace {

Selection selection() {
  const char* sweep = std::getenv("DEWDROP_SWEEP");
  if (sweep == nullptr) return {.most = 80};
  return {.exhaustive = std::string_view(sweep) == "exhaustive"};
}

class Table : public ::testing::TestWithParam<Family> {};

TEST_P(Table, EqualsTheOracle) {
  const auto count = for_each_case(GetParam(), selection(), [](const Case& each) {
    const auto result = equals_oracle_everywhere(each.graph, each.inputs);
    EXPECT_TRUE(result) << each.name;
    return static_cast<bool>(result);
  });
  EXPECT_GT(count, 0);
  std::cout << GetParam().name << ": " << count << " cases under " << all_options().size() << " options\n";
}

/// The operator by itself; what it reads besides its first input becomes constants.
graph::Graph alone(const graph::Graph& graph, const graph::Op& op, const std::vector<Bytes>& values) {
  graph::Graph one = graph;
  one.ops = {op};
  one.states.clear();
  one.inputs = {op.inputs[0]};
  one.outputs = {op.outputs[0]};
  for (const int input : op.inputs) {
    if (input < 0 || input == op.inputs[0] || one.tensors[static_cast<size_t>(input)].constant()) continue;
    one.tensors[static_cast<size_t>(input)].data = values[static_cast<size_t>(input)];
  }
  return one;
}

int largest_difference(const Bytes& a, const Bytes& b, bool is_signed) {
  int largest = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const int one = is_signed ? static_cast<int8_t>(a[i]) : a[i];
    const int other = is_signed ? static_cast<int8_t>(b[i]) : b[i];
    largest = std::max(largest, std::abs(one - other));
  }
  return largest;
}

/// TensorFlow Lite Micro's Relu6 does not look at its output's scale.
bool rescales(const graph::Graph& graph, const graph::Op& op) {
  const auto scale = [&graph](int tensor) {
    return graph.tensors[static_cast<size_t>(tensor)].quantisation.scale;
  };
  return op.kind == graph::OpKind::kRelu6 && scale(op.inputs[0]) != scale(op.outputs[0]);
}

/// docs/numeric-contract.md: given the same input, the two roundings of a layer differ by at most one step.
TEST_P(Table, RoundingsAreOneStepApartAtMost) {
  for_each_case(GetParam(), selection(), [](const Case& each) {
    const auto values = graph::interpret(each.graph, each.inputs[0], graph::Rounding::kTflite);
    EXPECT_TRUE(values) << told(values.error());
    if (!values) return false;
    for (const graph::Op& op : each.graph.ops) {
      const auto& out = each.graph.tensors[static_cast<size_t>(op.outputs[0])];
      if (out.type == graph::DType::kFloat32 || rescales(each.graph, op) ||
          each.graph.tensors[static_cast<size_t>(op.inputs[0])].constant())
        continue;
      const auto other =
          graph::interpret(alone(each.graph, op, *values), (*values)[static_cast<size_t>(op.inputs[0])],
                           graph::Rounding::kDew);
      EXPECT_TRUE(other) << each.name << ": " << told(other.error());
      if (!other) return false;
      const auto at = static_cast<size_t>(op.outputs[0]);
      const int apart = largest_difference((*values)[at], (*other)[at], out.type == graph::DType::kInt8);
      EXPECT_LE(apart, 1) << each.name << ": " << graph::op_name(op.kind) << "\n" << graph::dump(each.graph);
      if (apart > 1) return false;
    }
    return true;
  });
}

INSTANTIATE_TEST_SUITE_P(Of, Table, ::testing::ValuesIn(families()),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace dew::test
