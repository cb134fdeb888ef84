// Quantisation: a folded net and its calibration as an int8 graph.
//
// TensorFlow Lite's int8 specification: activations per tensor, weights symmetric and per channel (the dense
// layer's per tensor), bias int32 at s_in * s_w.
#include <algorithm>
#include <cmath>

#include "student/calibrate.h"
#include "student/door.h"
#include "student/fold.h"
#include "student/student.h"
#include "student/weights.h"

namespace dew::student {
namespace {

using graph::DType;
using graph::Op;
using graph::OpKind;
using graph::Quantisation;
using graph::Tensor;

/// No activation is finer than this: one that is 0 for every picture still needs a scale.
constexpr double kLeastScale = 1e-6;
/// No requantisation multiplier s_in * s_w / s_out is smaller: a dead channel would ask for one of 0, and
/// with the 32 bits after the point that kernels use, 2^-18 still has 14 bits. Weights rounded this coarsely
/// change an output by less than half a step.
constexpr double kLeastMultiplier = 0x1.0p-18;
/// A bias may take this much of an int32; the products of the widest layer need 2^26.
constexpr double kLargestBias = 0x1.0p30;

/// Covers `range` and 0, which falls on a step exactly.
Quantisation activation_quantisation(Range range) {
  const double low = std::min(range.low, 0.0);
  const double high = std::max(range.high, 0.0);
  const auto scale = static_cast<float>(std::max((high - low) / 255.0, kLeastScale));
  const auto zero_point = static_cast<int64_t>(std::clamp(std::round(-128.0 - low / scale), -128.0, 127.0));
  return {{scale}, {zero_point}, -1};
}

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

/// int8 weights, int32 biases and the scales of one layer.
struct QuantisedLayer {
  std::vector<int8_t> weights;  ///< [out, ...], as FoldedLayer's
  std::vector<int32_t> bias;
  std::vector<float> scales;  ///< one an output channel, or one
};

struct LayerContext {
  double input_scale;
  double output_scale;
  const std::vector<double>& input_mean;  ///< by input channel
  bool depthwise;
  bool per_channel;
};

/// The scale of a group of weights, coarse enough for multiplier and biases.
double weight_scale(std::span<const float> weights, std::span<const float> bias,
                    const LayerContext& context) {
  double scale = kLeastMultiplier * context.output_scale / context.input_scale;
  for (const float w : weights) scale = std::max(scale, std::abs(static_cast<double>(w)) / 127.0);
  for (const float b : bias)
    scale = std::max(scale, std::abs(static_cast<double>(b)) / (context.input_scale * kLargestBias));
  return scale;
}

/// Rounds weights and puts what that shifts the output by on average into the bias (bias correction, Nagel
/// et al., arXiv 1906.04721, section 4.2): rounding is even over a layer, but not over one channel's few
/// weights, and inputs after a ReLU6 are never centred.
QuantisedLayer quantise_layer(const FoldedLayer& layer, const LayerContext& context) {
  const size_t channels = layer.bias.size();
  const size_t per_channel = layer.weights.size() / channels;
  QuantisedLayer result;
  if (!context.per_channel) {
    result.scales.push_back(static_cast<float>(weight_scale(layer.weights, layer.bias, context)));
  }
  for (size_t c = 0; c < channels; ++c) {
    const std::span<const float> weights(layer.weights.data() + c * per_channel, per_channel);
    if (context.per_channel) {
      result.scales.push_back(static_cast<float>(weight_scale(weights, {&layer.bias[c], 1}, context)));
    }
    const double scale = result.scales.back();
    double shift = 0;
    for (size_t k = 0; k < per_channel; ++k) {
      const double rounded = std::clamp(std::round(weights[k] / scale), -127.0, 127.0);
      result.weights.push_back(static_cast<int8_t>(rounded));
      const size_t from = context.depthwise ? c : k % context.input_mean.size();
      shift += (rounded * scale - weights[k]) * context.input_mean[from];
    }
    const double bias = std::round((layer.bias[c] - shift) / (context.input_scale * scale));
    result.bias.push_back(
        static_cast<int32_t>(std::clamp(bias, -2.0 * kLargestBias, 2.0 * kLargestBias - 1)));
  }
  return result;
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
class Builder {
 public:
  Builder(const FoldedNet& net, const Calibration& calibration) : net_(net), calibration_(calibration) {}

  graph::Graph build(const std::string& name, const std::vector<std::string>& classes) {
    const int size = net_.architecture.input;
    graph_.name = name;
    graph_.classes = classes;
    current_ = add_tensor(
        {"input", {1, size, size, 3}, DType::kInt8, {{static_cast<float>(1.0 / 127.5)}, {-1}, -1}, {}});
    graph_.inputs = {current_};
    input_mean_ = calibration_.input.channel_mean;
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

  int add_bias(const std::string& name, const QuantisedLayer& layer, double input_scale) {
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
    const Layer& layer = net_.architecture.layers[index];
    const Activation& activation = calibration_.layers[index];
    const Quantisation out = activation_quantisation(activation.range);
    const QuantisedLayer quantised = quantise_layer(
        net_.layers[index], {scale_of(current_), out.scale[0], input_mean_, layer.depthwise, true});

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
    const int output =
        add_tensor({layer.name, {1, layer.out_size(), layer.out_size(), layer.out}, DType::kInt8, out, {}});

    Op op;
    op.kind = layer.depthwise ? OpKind::kDepthwiseConv2D : OpKind::kConv2D;
    op.activation = layer.relu6 ? graph::Activation::kRelu6 : graph::Activation::kNone;
    op.padding = graph::Padding::kSame;
    op.stride_h = layer.stride;
    op.stride_w = layer.stride;
    add_op(std::move(op), {current_, weights_at, bias_at}, output);
    input_mean_ = activation.channel_mean;
  }

  void residual(size_t index) {
    const Layer& layer = net_.architecture.layers[index];
    const Activation& activation = calibration_.sums[index];
    const int output = add_tensor({layer.name + "/add",
                                   {1, layer.out_size(), layer.out_size(), layer.out},
                                   DType::kInt8,
                                   activation_quantisation(activation.range),
                                   {}});
    Op op;
    op.kind = OpKind::kAdd;
    add_op(std::move(op), {layer_outputs_[layer.adds], current_}, output);
    input_mean_ = activation.channel_mean;
  }

  /// Mean over rows and columns, dense layer, softmax.
  void head() {
    const int features = net_.architecture.features();
    const int classes = net_.architecture.classes;
    const int axes = add_tensor({"mean/axes", {2}, DType::kInt32, {}, little_endian<int32_t>({1, 2})});
    Op mean;
    mean.kind = OpKind::kMean;
    add_op(std::move(mean), {current_, axes},
           add_tensor(
               {"mean", {1, features}, DType::kInt8, activation_quantisation(calibration_.mean.range), {}}));

    const Quantisation out = activation_quantisation(calibration_.logits.range);
    const QuantisedLayer quantised = quantise_layer(
        net_.dense, {scale_of(current_), out.scale[0], calibration_.mean.channel_mean, false, false});
    const int weights = add_tensor({"predictions/weights",
                                    {classes, features},
                                    DType::kInt8,
                                    {quantised.scales, {0}, -1},
                                    little_endian(quantised.weights)});
    const int bias = add_bias("predictions", quantised, scale_of(current_));
    Op dense;
    dense.kind = OpKind::kFullyConnected;
    add_op(std::move(dense), {current_, weights, bias},
           add_tensor({"logits", {1, classes}, DType::kInt8, out, {}}));

    Op softmax;
    softmax.kind = OpKind::kSoftmax;
    add_op(std::move(softmax), {current_},
           add_tensor({"predictions", {1, classes}, DType::kInt8, {{1.0F / 256.0F}, {-128}, -1}, {}}));
  }

  const FoldedNet& net_;
  const Calibration& calibration_;
  graph::Graph graph_;
  int current_ = -1;
  std::vector<int> layer_outputs_;  ///< by layer, after a residual's sum
  std::vector<double> input_mean_;  ///< of `current_`, by channel
};

}  // namespace

Result<graph::Graph> quantise(const fs::path& folder, std::span<const std::vector<uint8_t>> pictures,
                              const std::string& name, const std::vector<std::string>& classes,
                              Watch& watch) {
  DEW_TRY(const Weights weights, load_weights(folder));
  if (static_cast<int>(classes.size()) != weights.architecture.classes) {
    return usage_error("the net knows " + std::to_string(weights.architecture.classes) + " classes, but " +
                           std::to_string(classes.size()) + " are named",
                       folder.string(), "train again after changing the classes");
  }
  return guarded("quantising the net", [&]() -> Result<graph::Graph> {
    const FoldedNet net = fold(weights.architecture, weights.parameters.data(), weights.statistics.data());
    DEW_TRY(const Calibration calibration, calibrate(net, pictures, watch));
    return Builder(net, calibration).build(name, classes);
  });
}

}  // namespace dew::student
