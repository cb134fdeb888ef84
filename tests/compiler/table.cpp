// Walks the list of cases; see table.h.
#include "tests/compiler/table.h"

namespace dew::test {
namespace {

/// Scatters consecutive numbers (the finaliser of SplitMix64).
uint64_t scattered(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

}  // namespace

const std::vector<Family>& families() {
  static const std::vector<Family> all = {
      {"ConvolutionWindows", convolution_windows},
      {"DepthwiseWindows", depthwise_windows},
      {"PlanarWindows", planar_windows},
      {"Pointwise", pointwise},
      {"DepthMultiplier", depth_multiplier},
      {"Dilation", dilation},
      {"WideWindows", wide_windows},
      {"AveragePool2D", average_pools},
      {"MaxPool2D", max_pools},
      {"FullyConnected", fully_connected},
      {"Factors", factors},
      {"MixedFactors", mixed_factors},
      {"LargestBiases", largest_biases},
      {"UnshiftedFactors", unshifted_factors},
      {"LeastWeights", least_weights},
      {"Add", add},
      {"Sub", sub},
      {"Mul", mul},
      {"Div", division},
      {"Broadcasts", broadcasts},
      {"Mean", mean},
      {"Relus", relus},
      {"Logistic", logistic},
      {"Softmax", softmax},
      {"LogSoftmax", log_softmax},
      {"Pad", pad},
      {"Reshape", reshape},
      {"Concatenation", concatenation},
      {"Transpose", transpose},
      {"Ends", ends},
      {"Activations", activations},
      {"MaximumMinimum", larger_and_smaller},
      {"Prelu", prelu},
      {"Slices", slices},
      {"JoinedConstants", joined_constants},
      {"Resizes", resizes},
      {"SeveralOutputs", several_outputs},
      {"DeadChannels", dead_channels},
      {"LongWindows", long_windows},
      {"Batches", batches},
      {"States", states},
      {"Large", large},
      {"Blocks", blocks},
      {"OddNets", odd_nets},
      {"MobileNetV2", mobilenets},
  };
  return all;
}

bool Cases::wanted() {
  ++asked_;
  if (count_ == 0 || stopped_) return false;
  if (selection_.most == 0 || count_ <= selection_.most) return true;
  const uint64_t draw = scattered(static_cast<uint64_t>(asked_) + (uint64_t{selection_.seed} << 32));
  return draw % static_cast<uint64_t>(count_) < static_cast<uint64_t>(selection_.most);
}

void Cases::take(const graph::Graph& graph, Net& inputs) {
  ++taken_;
  Case made = {family_ + " " + std::to_string(asked_), graph, {}};
  made.inputs = {inputs.random_input(), inputs.random_input()};
  // The extremes of int8, where saturating and widening instructions go wrong first.
  for (uint8_t& byte : made.inputs[1]) {
    const auto& input = made.graph.tensors[static_cast<size_t>(made.graph.inputs[0])];
    if (input.type == graph::DType::kInt8 && asked_ % 2 == 0) byte = byte % 2 == 0 ? 0x80 : 0x7F;
  }
  if (!graph.states.empty()) {
    for (int more = 0; more < 3; ++more) made.inputs.push_back(inputs.random_input());
  }
  stopped_ = !use_(made);
}

int64_t for_each_case(const Family& family, const Selection& selection, const Cases::Use& use) {
  Cases counting(family.name, selection, 0, use);
  family.cases(counting);
  Cases taking(family.name, selection, counting.asked(), use);
  family.cases(taking);
  return taking.taken();
}

}  // namespace dew::test
