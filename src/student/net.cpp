// The net while it is trained: flat tensors, and the trunk as one operator of autograd.
#include "student/net.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "student/random.h"

namespace dew::student {
namespace {

/// A leaf of autograd that shares the storage of the flat tensors.
at::Tensor leaf(const at::Tensor& values, const at::Tensor& gradients, int64_t offset, at::IntArrayRef sizes,
                at::IntArrayRef strides) {
  at::Tensor view = values.detach().as_strided(sizes, strides, offset);
  view.set_requires_grad(true);
  view.mutable_grad() = gradients.as_strided(sizes, strides, offset);
  return view;
}

/// What the backward pass of one batch needs; held by the node in autograd's graph.
struct Recorded : torch::CustomClassHolder {
  std::shared_ptr<Trunk> trunk;
  std::shared_ptr<Recording> recording;
  at::Tensor x;
  at::Tensor gradients;
};

/// The trunk's features of x [n, rows, columns, channels]. The parameters' gradients go directly to the flat
/// tensor; autograd sees `asks` instead.
struct Features : torch::autograd::Function<Features> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& /*asks*/,
                            const at::Tensor& parameters, const at::Tensor& statistics, double momentum,
                            int64_t channels, c10::intrusive_ptr<Recorded> recorded) {
    const at::Tensor& x = recorded->x;
    at::Tensor features = at::empty({x.size(0), channels});
    recorded->trunk->forward(parameters.data_ptr<float>(), statistics.data_ptr<float>(), momentum,
                             x.data_ptr<float>(), x.size(0), *recorded->recording,
                             features.data_ptr<float>());
    context->saved_data["recorded"] = c10::IValue::make_capsule(std::move(recorded));
    return features;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto capsule = context->saved_data["recorded"].toCapsule();
    auto& recorded = static_cast<Recorded&>(*capsule);
    const at::Tensor dfeatures = gradients[0].contiguous();
    recorded.trunk->backward(*recorded.recording, dfeatures.data_ptr<float>(),
                             recorded.gradients.data_ptr<float>());
    return {{}, {}, {}, {}, {}, {}};
  }
};

}  // namespace

Net::Net(const Architecture& architecture)
    : parameters(at::zeros({Layout(architecture).parameters})),
      gradients(at::zeros_like(parameters)),
      statistics(at::zeros({Layout(architecture).statistics})),
      architecture_(architecture),
      layout_(architecture),
      trunk_(std::make_shared<Trunk>(architecture, at::get_num_threads())),
      asks_for_gradients_(at::zeros({1}).set_requires_grad(true)),
      dense_weight_(leaf(parameters, gradients, layout_.dense_weight,
                         {architecture.classes, architecture.features()}, {architecture.features(), 1})),
      dense_bias_(leaf(parameters, gradients, layout_.dense_bias, {architecture.classes}, {1})) {}

void Net::initialise(uint64_t seed, double residual_gamma) {
  float* values = parameters.data_ptr<float>();
  const auto fill = [values, seed](int64_t offset, int64_t count, double deviation) {
    Random random(seed, Stream::kInitialise, static_cast<uint64_t>(offset));
    for (int64_t i = 0; i < count; ++i) values[offset + i] = static_cast<float>(random.normal() * deviation);
  };
  parameters.zero_();
  statistics.zero_();
  for (size_t i = 0; i < layout_.layers.size(); ++i) {
    const ConvLayer& layer = architecture_.layers[i];
    const LayerLayout& at = layout_.layers[i];
    const double fan_out = layer.kernel * layer.kernel * (layer.depthwise ? 1.0 : layer.out);
    fill(at.weight, layer.weights(), std::sqrt(2.0 / fan_out));
    parameters.narrow(0, at.gamma, layer.out).fill_(layer.adds < 0 ? 1.0 : residual_gamma);
    statistics.narrow(0, at.variance, layer.out).fill_(1.0);
  }
  fill(layout_.dense_weight, int64_t{architecture_.classes} * architecture_.features(), 0.01);
}

at::Tensor Net::features(const at::Tensor& x, double momentum) {
  // Reuses the memory of the last batch, unless its gradients may still be asked for.
  if (!recording_ || recording_.use_count() > 1) recording_ = std::make_shared<Recording>();
  auto recorded = c10::make_intrusive<Recorded>();
  recorded->trunk = trunk_;
  recorded->recording = recording_;
  recorded->x = x.detach().permute({0, 2, 3, 1}).contiguous();
  recorded->gradients = gradients;
  return Features::apply(asks_for_gradients_, parameters, statistics, momentum,
                         int64_t{architecture_.features()}, std::move(recorded));
}

at::Tensor Net::logits(const at::Tensor& x, double momentum) {
  return dense(features(x, momentum));
}

at::Tensor Net::dense(const at::Tensor& features) const {
  return at::linear(features, dense_weight_, dense_bias_);
}

}  // namespace dew::student
