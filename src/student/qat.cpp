// Quantisation-aware fine-tuning by LibTorch's autograd.
#include "student/qat.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "student/optimiser.h"
#include "student/random.h"
#include "student/schedule.h"
#include "student/tensors.h"
#include "student/training.h"

namespace dew::student {
namespace {

/// One layer's numbers while they are trained, counted in steps, so that rounding them is rounding to whole
/// numbers.
struct RoundedLayer {
  at::Tensor weight;  ///< [out, k, k, in], in steps of `scale`
  at::Tensor bias;    ///< in steps of the layer's output
  at::Tensor scale;   ///< [out or 1, 1, 1, 1], the real value of a step of `weight`
  std::vector<float> weight_moments[2];
  std::vector<float> bias_moments[2];
};

/// `tensor` rounded to q in low ... high and back to reals; gradients pass where nothing was clamped.
at::Tensor rounded(const at::Tensor& tensor, const graph::Quantisation& q, bool relu6 = false) {
  graph::Op op;
  if (relu6) op.activation = graph::Activation::kRelu6;
  graph::Tensor output;
  output.quantisation = q;
  const graph::Range range = graph::activation_range(op, output);
  return at::fake_quantize_per_tensor_affine(tensor, q.scale[0], q.zero_point[0], range.low, range.high);
}

class RoundedNet {
 public:
  explicit RoundedNet(const Int8Net& net) : net_(net) {
    for (size_t i = 0; i < net.layers.size(); ++i) {
      const ConvLayer& layer = net.architecture.layers[i];
      layers_.push_back(load(net.layers[i], net.input_of(i).scale[0], net.outputs[i].scale[0],
                             {layer.out, layer.kernel, layer.kernel, layer.depthwise ? 1 : layer.in}));
    }
    dense_ = load(net.dense, net.mean.scale[0], net.logits.scale[0],
                  {net.architecture.classes, 1, 1, net.architecture.features()});
  }

  /// Restores the weights to what they were before rounding: where a weight lies between two steps decides
  /// which way a small gradient moves it.
  void unround(const FoldedNet& net) {
    for (size_t i = 0; i < layers_.size(); ++i) unround(layers_[i], net.layers[i]);
    unround(dense_, net.dense);
  }

  /// Logits of x [n, input, input, 3].
  at::Tensor logits(const at::Tensor& pictures, const Observer& observer = {}) const {
    at::Tensor x = pictures.permute({0, 3, 1, 2});
    show(observer, {Point::Kind::kInput}, x);
    std::vector<at::Tensor> outputs;
    for (size_t i = 0; i < layers_.size(); ++i) {
      const ConvLayer& layer = net_.architecture.layers[i];
      x = rounded(convolution(x, layers_[i], layer, net_.outputs[i]), net_.outputs[i], layer.relu6);
      show(observer, {Point::Kind::kLayer, static_cast<int>(i)}, x);
      if (layer.adds >= 0) {
        x = rounded(x + outputs[layer.adds], net_.sums[i]);
        show(observer, {Point::Kind::kSum, static_cast<int>(i)}, x);
      }
      outputs.push_back(x);
    }
    x = rounded(x.mean({2, 3}, true), net_.mean);
    show(observer, {Point::Kind::kMean}, x.flatten(1));
    // On one pixel a 1 x 1 convolution is a dense layer, and it is quicker than LibTorch's own.
    ConvLayer dense;
    dense.in_size = 1;
    x = rounded(convolution(x, dense_, dense, net_.logits), net_.logits).flatten(1);
    show(observer, {Point::Kind::kLogits}, x);
    return x;
  }

  void require_gradients() {
    for_each([](RoundedLayer& layer) {
      layer.weight.requires_grad_(true);
      layer.bias.requires_grad_(true);
    });
  }

  void forget_gradients() {
    for_each([](RoundedLayer& layer) {
      layer.weight.mutable_grad() = at::Tensor();
      layer.bias.mutable_grad() = at::Tensor();
    });
  }

  void step(double rate, double bias_rate, int64_t number) {
    const at::NoGradGuard no_gradients;
    const auto apply = [&](double own_rate, const at::Tensor& tensor, std::vector<float>(&moments)[2]) {
      if (!tensor.grad().defined()) return;
      const at::Tensor gradient = tensor.grad().contiguous();
      for (auto& moment : moments) moment.resize(tensor.numel());
      AdamW{own_rate, 0.0, number}.apply(values(tensor), values(gradient), moments[0], moments[1]);
    };
    for_each([&](RoundedLayer& layer) {
      apply(rate, layer.weight, layer.weight_moments);
      apply(bias_rate, layer.bias, layer.bias_moments);
    });
  }

  /// The net with the trained numbers, rounded for good.
  [[nodiscard]] Int8Net net() const {
    Int8Net result = net_;
    for (size_t i = 0; i < layers_.size(); ++i)
      save(layers_[i], net_.input_of(i).scale[0], net_.outputs[i].scale[0], result.layers[i]);
    save(dense_, net_.mean.scale[0], net_.logits.scale[0], result.dense);
    return result;
  }

 private:
  static RoundedLayer load(const Int8Layer& layer, double in, double out, at::IntArrayRef shape) {
    const std::vector<float> weights(layer.weights.begin(), layer.weights.end());
    std::vector<float> bias;
    for (size_t c = 0; c < layer.bias.size(); ++c)
      bias.push_back(static_cast<float>(layer.bias[c] * in * scale_of(layer, c) / out));
    return {at::tensor(weights).reshape(shape),
            at::tensor(bias),
            at::tensor(layer.scales).reshape({static_cast<int64_t>(layer.scales.size()), 1, 1, 1}),
            {},
            {}};
  }

  static double scale_of(const Int8Layer& layer, size_t channel) {
    return layer.scales[layer.scales.size() > 1 ? channel : 0];
  }

  static void unround(RoundedLayer& layer, const FoldedLayer& from) {
    const at::Tensor reals = at::tensor(from.weights).reshape(layer.weight.sizes());
    layer.weight.copy_((reals / layer.scale).clamp(-127.0, 127.0));
  }

  static void save(const RoundedLayer& layer, double in, double out, Int8Layer& to) {
    const auto weights = values(layer.weight);
    for (size_t k = 0; k < weights.size(); ++k)
      to.weights[k] = static_cast<int8_t>(std::clamp(std::nearbyint(weights[k]), -127.0F, 127.0F));
    const auto bias = values(layer.bias);
    for (size_t c = 0; c < bias.size(); ++c) {
      const double steps = std::round(bias[c] * out / (in * scale_of(to, c)));
      to.bias[c] = static_cast<int32_t>(std::clamp(steps, -0x1.0p31, 0x1.0p31 - 1));
    }
  }

  static at::Tensor convolution(at::Tensor x, const RoundedLayer& numbers, const ConvLayer& layer,
                                const graph::Quantisation& out) {
    const int64_t before = layer.pad_before();
    const int64_t after = layer.pad_after();
    if (before != after) x = at::constant_pad_nd(x, {before, after, before, after});
    const at::Tensor weight =
        at::fake_quantize_per_tensor_affine(numbers.weight, 1.0, 0, -127, 127) * numbers.scale;
    return at::conv2d(x, weight.permute({0, 3, 1, 2}), numbers.bias * out.scale[0], layer.stride,
                      before == after ? before : 0, 1, layer.depthwise ? layer.in : 1);
  }

  template <typename Work>
  void for_each(Work&& work) {
    for (RoundedLayer& layer : layers_) work(layer);
    work(dense_);
  }

  const Int8Net net_;
  std::vector<RoundedLayer> layers_;
  RoundedLayer dense_;
};

at::Tensor as_tensor(std::span<const float> pictures, int64_t size) {
  return borrowed(pictures, {static_cast<int64_t>(pictures.size()) / (size * size * 3), size, size, 3});
}

class RoundedTrainer {
 public:
  RoundedTrainer(const Int8Net& start, const FoldedNet& net, std::span<const std::vector<uint8_t>> pictures,
                 const QatRecipe& recipe, uint64_t seed)
      : pictures_(pictures),
        recipe_(recipe),
        seed_(seed),
        size_(start.architecture.input),
        teacher_(net),
        student_(start),
        batch_(std::min(pictures.size(), static_cast<size_t>(recipe.batch))) {
    student_.unround(net);
    student_.require_gradients();
  }

  Result<Int8Net> run(Watch& watch) {
    watch.begin("fine-tuning int8", recipe_.steps);
    std::vector<size_t> order(pictures_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    const size_t batches = pictures_.size() / batch_;
    for (size_t i = 0; i < static_cast<size_t>(recipe_.steps); ++i) {
      if (watch.interrupted()) return interrupted_error();
      if (i % batches == 0) Random(seed_, Stream::kQatShuffle, i / batches).shuffle(order);
      const double loss = step({order.data() + i % batches * batch_, batch_}, i);
      DEW_CHECK(check_loss(loss, "fine-tuning int8", "switch it off: qat = \"off\""));
      watch.advance(static_cast<int64_t>(i) + 1, "loss " + std::to_string(loss));
    }
    watch.end();
    return student_.net();
  }

 private:
  double step(std::span<const size_t> order, size_t number) {
    const size_t elements = size_t{3} * size_ * size_;
    std::vector<float> pixels(order.size() * elements);
    for (size_t i = 0; i < order.size(); ++i)
      augment(pictures_[order[i]], size_, recipe_.augmentation,
              Random(seed_, Stream::kQatAugment, number, order[i]), size_,
              {pixels.data() + i * elements, elements});
    const std::vector<float> taught = teacher_.logits(pixels);
    const at::Tensor logits = student_.logits(as_tensor(pixels, size_));
    const at::Tensor wanted = at::softmax(at::tensor(taught).view_as(logits) / recipe_.temperature, 1);
    const at::Tensor loss = -(wanted * at::log_softmax(logits / recipe_.temperature, 1)).sum() *
                            (recipe_.temperature * recipe_.temperature / static_cast<double>(order.size()));
    student_.forget_gradients();
    loss.backward();
    const auto done = static_cast<int64_t>(number);
    const auto steps = static_cast<double>(recipe_.steps);
    student_.step(CosineSchedule{recipe_.rate, steps}.rate(done),
                  CosineSchedule{recipe_.bias_rate, steps}.rate(done), done + 1);
    return loss.item<double>();
  }

  std::span<const std::vector<uint8_t>> pictures_;
  const QatRecipe recipe_;
  const uint64_t seed_;
  const int size_;
  const Inference teacher_;
  RoundedNet student_;
  const size_t batch_;
};

}  // namespace

std::vector<float> run_rounded(const Int8Net& net, std::span<const float> pictures,
                               const Observer& observer) {
  const at::NoGradGuard no_gradients;
  return numbers(RoundedNet(net).logits(as_tensor(pictures, net.architecture.input), observer));
}

Result<Int8Net> train_rounded(const Int8Net& start, const FoldedNet& net,
                              std::span<const std::vector<uint8_t>> pictures, const QatRecipe& recipe,
                              uint64_t seed, Watch& watch) {
  if (pictures.empty()) return start;
  return RoundedTrainer(start, net, pictures, recipe, seed).run(watch);
}

}  // namespace dew::student
