// An int8 net as a graph: tensors and operators, as TensorFlow Lite would write them.
#include <utility>

#include "student/int8_net.h"

namespace dew::student {
namespace {

using graph::DType;
using graph::Op;
using graph::OpKind;
using graph::Tensor;

template <typename T>
std::vector<uint8_t> little_endian(const std::vector<T>& values) {
  std::vector<uint8_t> bytes;
  bytes.reserve(values.size() * sizeof(T));
  for (const T value : values) {
    for (size_t i = 0; i < sizeof(T); ++i) {
      bytes.push_back(static_cast<uint8_t>(static_cast<uint64_t>(static_cast<int64_t>(value)) >> (8 * i)));
    }
  }
  return bytes;
}

/// [channel, k, k] to [k, k, channel].
std::vector<int8_t> channels_last(const std::vector<int8_t>& weights, size_t channels) {
  const size_t taps = weights.size() / channels;
  std::vector<int8_t> result(weights.size());
  for (size_t c = 0; c < channels; ++c) {
    for (size_t k = 0; k < taps; ++k) result[k * channels + c] = weights[c * taps + k];
  }
  return result;
}

/// Builds the graph operator by operator. `current_` is the tensor that the next one reads.
class GraphBuilder {
 public:
  explicit GraphBuilder(const Int8Net& net) : net_(net) {}

  graph::Graph build(const std::string& name, const std::vector<std::string>& classes) {
    const int size = net_.architecture.input;
    graph_.name = name;
    graph_.classes = classes;
    current_ = add_tensor({"input", {1, size, size, 3}, DType::kInt8, picture_quantisation(), {}});
    graph_.inputs = {current_};
    for (size_t i = 0; i < net_.layers.size(); ++i) {
      convolution(i);
      if (net_.architecture.layers[i].adds >= 0) residual(i);
      layer_outputs_.push_back(current_);
    }
    head();
    graph_.outputs = {current_};
    return std::move(graph_);
  }

 private:
  int add_tensor(Tensor tensor) {
    graph_.tensors.push_back(std::move(tensor));
    return static_cast<int>(graph_.tensors.size()) - 1;
  }

  [[nodiscard]] double scale_of(int tensor) const { return graph_.tensors[tensor].quantisation.scale[0]; }

  int add_bias(const std::string& name, const Int8Layer& layer, double input_scale) {
    Tensor bias{
        name + "/bias", {static_cast<int>(layer.bias.size())}, DType::kInt32, {}, little_endian(layer.bias)};
    for (const float scale : layer.scales) {
      bias.quantisation.scale.push_back(static_cast<float>(input_scale * scale));
      bias.quantisation.zero_point.push_back(0);
    }
    bias.quantisation.axis = layer.scales.size() > 1 ? 0 : -1;
    return add_tensor(std::move(bias));
  }

  void add_op(Op op, std::vector<int> inputs, int output) {
    op.inputs = std::move(inputs);
    op.outputs = {output};
    graph_.ops.push_back(std::move(op));
    current_ = output;
  }

  void convolution(size_t index) {
    const ConvLayer& layer = net_.architecture.layers[index];
    const Int8Layer& quantised = net_.layers[index];

    Tensor weights{layer.name + "/weights", {}, DType::kInt8, {quantised.scales, {}, 0}, {}};
    weights.quantisation.zero_point.assign(quantised.scales.size(), 0);
    if (layer.depthwise) {
      weights.shape = {1, layer.kernel, layer.kernel, layer.out};
      weights.quantisation.axis = 3;
      weights.data = little_endian(channels_last(quantised.weights, layer.out));
    } else {
      weights.shape = {layer.out, layer.kernel, layer.kernel, layer.in};
      weights.data = little_endian(quantised.weights);
    }
    const int weights_at = add_tensor(std::move(weights));
    const int bias_at = add_bias(layer.name, quantised, scale_of(current_));
    const int output = add_tensor({layer.name,
                                   {1, layer.out_size(), layer.out_size(), layer.out},
                                   DType::kInt8,
                                   net_.outputs[index],
                                   {}});

    Op op;
    op.kind = layer.depthwise ? OpKind::kDepthwiseConv2D : OpKind::kConv2D;
    op.activation = layer.relu6 ? graph::Activation::kRelu6 : graph::Activation::kNone;
    op.padding = graph::Padding::kSame;
    op.stride_h = layer.stride;
    op.stride_w = layer.stride;
    add_op(std::move(op), {current_, weights_at, bias_at}, output);
  }

  void residual(size_t index) {
    const ConvLayer& layer = net_.architecture.layers[index];
    const int output = add_tensor({layer.name + "/add",
                                   {1, layer.out_size(), layer.out_size(), layer.out},
                                   DType::kInt8,
                                   net_.sums[index],
                                   {}});
    Op op;
    op.kind = OpKind::kAdd;
    add_op(std::move(op), {layer_outputs_[layer.adds], current_}, output);
  }

  /// Mean over rows and columns, dense layer, softmax.
  void head() {
    const int features = net_.architecture.features();
    const int classes = net_.architecture.classes;
    const int axes = add_tensor({"mean/axes", {2}, DType::kInt32, {}, little_endian<int32_t>({1, 2})});
    Op mean;
    mean.kind = OpKind::kMean;
    add_op(std::move(mean), {current_, axes},
           add_tensor({"mean", {1, features}, DType::kInt8, net_.mean, {}}));

    const Int8Layer& quantised = net_.dense;
    const int weights = add_tensor({"predictions/weights",
                                    {classes, features},
                                    DType::kInt8,
                                    {quantised.scales, {0}, -1},
                                    little_endian(quantised.weights)});
    const int bias = add_bias("predictions", quantised, scale_of(current_));
    Op dense;
    dense.kind = OpKind::kFullyConnected;
    add_op(std::move(dense), {current_, weights, bias},
           add_tensor({"logits", {1, classes}, DType::kInt8, net_.logits, {}}));

    Op softmax;
    softmax.kind = OpKind::kSoftmax;
    add_op(std::move(softmax), {current_},
           add_tensor({"predictions", {1, classes}, DType::kInt8, {{1.0F / 256.0F}, {-128}, -1}, {}}));
  }

  const Int8Net& net_;
  graph::Graph graph_;
  int current_ = -1;
  std::vector<int> layer_outputs_;  ///< by layer, after a residual's sum
};

}  // namespace

graph::Graph to_graph(const Int8Net& net, const std::string& name, const std::vector<std::string>& classes) {
  return GraphBuilder(net).build(name, classes);
}

}  // namespace dew::student
