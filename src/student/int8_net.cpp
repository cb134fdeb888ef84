// Rounding a folded net to int8.
#include "student/int8_net.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace dew::student {
namespace {

/// No activation has a smaller scale: one that is 0 for every picture still needs one.
constexpr double kLeastScale = 1e-6;
/// No requantisation multiplier s_in * s_w / s_out is smaller: a dead channel would ask for one of 0, and
/// with the 32 bits after the point that kernels use, 2^-18 still has 14 bits. Weights rounded this coarsely
/// change an output by less than half a step.
constexpr double kLeastMultiplier = 0x1.0p-18;
/// A bias may take up this much of an int32; the products of the widest layer need 2^26.
constexpr double kLargestBias = 0x1.0p30;

/// Covers `range` and 0, which is exactly representable.
graph::Quantisation activation_quantisation(RealRange range) {
  const double low = std::min(range.low, 0.0);
  const double high = std::max(range.high, 0.0);
  const auto scale = static_cast<float>(std::max((high - low) / 255.0, kLeastScale));
  const auto zero_point = static_cast<int64_t>(std::clamp(std::round(-128.0 - low / scale), -128.0, 127.0));
  return {{scale}, {zero_point}, -1};
}

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

/// Rounds weights, and subtracts from the bias what that shifts the output by on average (bias correction,
/// Nagel et al., arXiv 1906.04721, section 4.2): rounding errors cancel out over a layer, but not over one
/// channel's few weights, and inputs after a ReLU6 are never centred on 0.
Int8Layer quantise_layer(const FoldedLayer& layer, const LayerContext& context) {
  const size_t channels = layer.bias.size();
  const size_t per_channel = layer.weights.size() / channels;
  Int8Layer result;
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

}  // namespace

const graph::Quantisation& picture_quantisation() {
  static const graph::Quantisation quantisation{{static_cast<float>(1.0 / 127.5)}, {-1}, -1};
  return quantisation;
}

const graph::Quantisation& Int8Net::input_of(size_t index) const {
  if (index == 0) return picture_quantisation();
  return architecture.layers[index - 1].adds >= 0 ? sums[index - 1] : outputs[index - 1];
}

Int8Net round_net(const FoldedNet& net, const Calibration& calibration) {
  Int8Net result;
  result.architecture = net.architecture;
  const std::vector<double>* input_mean = &calibration.input.channel_mean;
  for (size_t i = 0; i < net.layers.size(); ++i) {
    const ConvLayer& layer = net.architecture.layers[i];
    const CalibratedTensor& activation = calibration.layers[i];
    result.outputs.push_back(activation_quantisation(activation.range));
    const double in = result.input_of(i).scale[0];
    result.layers.push_back(
        quantise_layer(net.layers[i], {in, result.outputs[i].scale[0], *input_mean, layer.depthwise, true}));
    const bool adds = layer.adds >= 0;
    result.sums.push_back(adds ? activation_quantisation(calibration.sums[i].range) : graph::Quantisation{});
    input_mean = adds ? &calibration.sums[i].channel_mean : &activation.channel_mean;
  }
  result.mean = activation_quantisation(calibration.mean.range);
  result.logits = activation_quantisation(calibration.logits.range);
  result.dense = quantise_layer(
      net.dense, {result.mean.scale[0], result.logits.scale[0], calibration.mean.channel_mean, false, false});
  return result;
}

}  // namespace dew::student
