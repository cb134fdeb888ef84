// The net while it is trained: views of flat tensors, and the forward pass that autograd follows.
#include "student/net.h"

#include <cmath>

#include "student/random.h"

namespace dew::student {
namespace {

constexpr uint64_t kInitialisation = 1;  ///< purpose of the random stream

/// A leaf of autograd that shares the storage of the flat tensors.
at::Tensor leaf(const at::Tensor& values, const at::Tensor& gradients, int64_t offset, at::IntArrayRef sizes,
                at::IntArrayRef strides) {
  at::Tensor view = values.detach().as_strided(sizes, strides, offset);
  view.set_requires_grad(true);
  view.mutable_grad() = gradients.as_strided(sizes, strides, offset);
  return view;
}

}  // namespace

Net::Net(const Architecture& architecture)
    : parameters(at::zeros({Layout(architecture).parameters})),
      gradients(at::zeros_like(parameters)),
      statistics(at::zeros({Layout(architecture).statistics})),
      architecture_(architecture),
      layout_(architecture) {
  const auto vector = [this](int64_t offset, int64_t count) {
    return leaf(parameters, gradients, offset, {count}, {1});
  };
  for (size_t i = 0; i < layout_.layers.size(); ++i) {
    const Layer& layer = architecture_.layers[i];
    const LayerLayout& at = layout_.layers[i];
    const int64_t in = layer.depthwise ? 1 : layer.in;
    const int64_t k = layer.kernel;
    layers_.push_back(
        {leaf(parameters, gradients, at.weight, {layer.out, in, k, k}, {k * k * in, 1, k * in, in}),
         vector(at.gamma, layer.out), vector(at.beta, layer.out), statistics.narrow(0, at.mean, layer.out),
         statistics.narrow(0, at.variance, layer.out)});
  }
  const int64_t features = architecture_.features();
  dense_weight_ =
      leaf(parameters, gradients, layout_.dense_weight, {architecture_.classes, features}, {features, 1});
  dense_bias_ = vector(layout_.dense_bias, architecture_.classes);
}

void Net::initialise(uint64_t seed, double residual_gamma) {
  float* values = parameters.data_ptr<float>();
  const auto fill = [values, seed](int64_t offset, int64_t count, double deviation) {
    Random random(seed, kInitialisation, static_cast<uint64_t>(offset));
    for (int64_t i = 0; i < count; ++i) values[offset + i] = static_cast<float>(random.normal() * deviation);
  };
  parameters.zero_();
  statistics.zero_();
  for (size_t i = 0; i < layout_.layers.size(); ++i) {
    const Layer& layer = architecture_.layers[i];
    const LayerLayout& at = layout_.layers[i];
    const double fan_out = layer.kernel * layer.kernel * (layer.depthwise ? 1.0 : layer.out);
    fill(at.weight, layer.weights(), std::sqrt(2.0 / fan_out));
    parameters.narrow(0, at.gamma, layer.out).fill_(layer.adds < 0 ? 1.0 : residual_gamma);
    statistics.narrow(0, at.variance, layer.out).fill_(1.0);
  }
  fill(layout_.dense_weight, int64_t{architecture_.classes} * architecture_.features(), 0.01);
}

at::Tensor Net::features_from(size_t first, const at::Tensor& x, double momentum) {
  // Of each layer; left empty where the next layer normalises on its own.
  std::vector<at::Tensor> outputs(first);
  if (first > 0) outputs.back() = x;
  at::Tensor current = x;  // what the next layer reads
  for (size_t i = first; i < layers_.size(); ++i) {
    const Layer& layer = architecture_.layers[i];
    const int64_t before = layer.pad_before();
    const int64_t after = layer.pad_after();
    if (layer.depthwise) {
      current = norm_depthwise(current, layers_[i - 1].norm, momentum, layers_[i].weight, layer.stride,
                               before, after);
    } else {
      // LibTorch pads both sides alike, so a layer that does not is padded by hand.
      if (before != after) current = at::constant_pad_nd(current, {before, after, before, after});
      current = at::conv2d(current, layers_[i].weight, {}, layer.stride, before == after ? before : 0);
    }
    // A depthwise layer applies the batch norm and ReLU6 before it while it reads.
    const bool fused = i + 1 < layers_.size() && architecture_.layers[i + 1].depthwise;
    if (!fused) current = norm(current, layers_[i].norm, layer.relu6, momentum);
    if (layer.adds >= 0) current = current + outputs[layer.adds];
    outputs.push_back(fused ? at::Tensor() : current);
  }
  return outputs.back().mean({2, 3});
}

at::Tensor Net::features(const at::Tensor& x, double momentum) {
  return features_from(0, x, momentum);
}

at::Tensor Net::logits(const at::Tensor& x, double momentum) {
  return logits_from(0, x, momentum);
}

at::Tensor Net::logits_from(size_t first, const at::Tensor& x, double momentum) {
  return at::linear(features_from(first, x, momentum), dense_weight_, dense_bias_);
}

}  // namespace dew::student
