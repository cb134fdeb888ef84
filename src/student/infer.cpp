// A folded net run in float by LibTorch.
#include "student/infer.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "student/tensors.h"

namespace dew::student {

struct Inference::Tensors {
  struct LayerTensors {
    at::Tensor weight, bias;
  };
  Architecture architecture;
  std::vector<LayerTensors> layers;
  at::Tensor dense_weight;
  at::Tensor dense_bias;

  /// The last convolution's output.
  at::Tensor run(std::span<const float> pictures, const Observer& observer) const;
};

namespace {

at::Tensor copied(const std::vector<float>& values, at::IntArrayRef sizes) {
  return at::tensor(values).reshape(sizes);
}

}  // namespace

Inference::Inference(const FoldedNet& net) : tensors_(std::make_unique<Tensors>()) {
  tensors_->architecture = net.architecture;
  for (size_t i = 0; i < net.layers.size(); ++i) {
    const ConvLayer& layer = net.architecture.layers[i];
    const at::Tensor ohwi = copied(net.layers[i].weights,
                                   {layer.out, layer.kernel, layer.kernel, layer.depthwise ? 1 : layer.in});
    tensors_->layers.push_back({ohwi.permute({0, 3, 1, 2}), at::tensor(net.layers[i].bias)});
  }
  // A backbone has no classes and no numbers here.
  tensors_->dense_weight = copied(net.dense.weights, {net.architecture.classes, net.architecture.features()});
  tensors_->dense_bias = at::tensor(net.dense.bias);
}

Inference::~Inference() = default;
Inference::Inference(Inference&&) noexcept = default;
Inference& Inference::operator=(Inference&&) noexcept = default;

at::Tensor Inference::Tensors::run(std::span<const float> pictures, const Observer& observer) const {
  const int64_t size = architecture.input;
  at::Tensor x =
      borrowed(pictures, {static_cast<int64_t>(pictures.size()) / (size * size * 3), size, size, 3})
          .permute({0, 3, 1, 2});
  show(observer, {Point::Kind::kInput}, x);
  std::vector<at::Tensor> outputs;
  for (size_t i = 0; i < layers.size(); ++i) {
    const ConvLayer& layer = architecture.layers[i];
    const int64_t before = layer.pad_before();
    const int64_t after = layer.pad_after();
    if (before != after) x = at::constant_pad_nd(x, {before, after, before, after});
    x = at::conv2d(x, layers[i].weight, layers[i].bias, layer.stride, before == after ? before : 0, 1,
                   layer.depthwise ? layer.in : 1);
    if (layer.relu6) x.clamp_(0.0, 6.0);
    show(observer, {Point::Kind::kLayer, static_cast<int>(i)}, x);
    if (layer.adds >= 0) {
      x = x + outputs[layer.adds];
      show(observer, {Point::Kind::kSum, static_cast<int>(i)}, x);
    }
    outputs.push_back(x);
  }
  return x;
}

std::vector<float> Inference::logits(std::span<const float> pictures, const Observer& observer) const {
  const at::NoGradGuard no_gradients;
  const at::Tensor means = tensors_->run(pictures, observer).mean({2, 3});
  show(observer, {Point::Kind::kMean}, means);
  const at::Tensor x = at::linear(means, tensors_->dense_weight, tensors_->dense_bias);
  show(observer, {Point::Kind::kLogits}, x);
  return numbers(x);
}

std::vector<float> Inference::features(std::span<const float> pictures) const {
  const at::NoGradGuard no_gradients;
  return numbers(tensors_->run(pictures, {}).mean({2, 3}));
}

std::vector<float> softmax(std::span<const float> logits) {
  const float highest = *std::max_element(logits.begin(), logits.end());
  std::vector<float> result(logits.size());
  std::transform(logits.begin(), logits.end(), result.begin(),
                 [highest](float logit) { return std::exp(logit - highest); });
  const float sum = std::accumulate(result.begin(), result.end(), 0.0F);
  for (float& value : result) value /= sum;
  return result;
}

}  // namespace dew::student
