// Pass: folds the input's zero point into the bias.
#include "compiler/passes.h"
#include "graph/graph.h"

namespace dew::compiler {

std::vector<int32_t> fold_zero_point(const graph::Graph& graph, const graph::Op& op) {
  const auto tensor = [&graph](int index) -> const graph::Tensor& {
    return graph.tensors[static_cast<size_t>(index)];
  };
  const graph::Tensor& weights = tensor(op.inputs[1]);
  const bool depthwise = op.kind == graph::OpKind::kDepthwiseConv2D;
  const auto channels = static_cast<size_t>(depthwise ? weights.shape[3] : weights.shape[0]);
  const auto zero_point = tensor(op.inputs[0]).quantisation.zero_point[0];

  std::vector<int64_t> sums(channels, 0);
  const size_t per_channel = weights.data.size() / channels;
  for (size_t i = 0; i < weights.data.size(); ++i)
    sums[depthwise ? i % channels : i / per_channel] += static_cast<int8_t>(weights.data[i]);

  std::vector<int32_t> bias(channels, 0);
  if (op.inputs.size() > 2 && op.inputs[2] >= 0) {
    const auto values = graph::constant_int32(tensor(op.inputs[2]));
    bias.assign(values.begin(), values.end());
  }
  // Modulo 2^32, like the accumulator, whose sum is exact in any order.
  for (size_t c = 0; c < channels; ++c) {
    bias[c] = static_cast<int32_t>(static_cast<uint32_t>(bias[c]) -
                                   static_cast<uint32_t>(static_cast<uint64_t>(zero_point * sums[c])));
  }
  return bias;
}

}  // namespace dew::compiler
