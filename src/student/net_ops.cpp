// The net's own operators: the kernels of this room made known to autograd.
#include "student/net_ops.h"

#include <torch/csrc/autograd/custom_function.h>

#include "student/depthwise_kernels.h"
#include "student/norm_kernels.h"

namespace dew::student {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

const float* data(const at::Tensor& tensor) {
  return tensor.data_ptr<float>();
}

at::Tensor channels_last(const at::Tensor& x) {
  return x.contiguous(at::MemoryFormat::ChannelsLast);
}

int64_t rows_of(const at::Tensor& x) {
  return x.numel() / x.size(1);
}

/// What the backward pass needs to know of a batch. A shared pointer in the graph's node.
struct Measured : torch::CustomClassHolder {
  Moments moments;
  ChannelMap map;
};

c10::intrusive_ptr<Measured> measured(const at::Tensor& x, const BatchNorm& norm, double momentum) {
  auto result = c10::make_intrusive<Measured>();
  if (momentum == 0) {
    const auto all = [](const at::Tensor& values) {
      return std::vector<double>(data(values), data(values) + values.numel());
    };
    result->moments = {all(norm.mean), all(norm.variance), true};
    result->map = channel_map(result->moments, data(norm.gamma), data(norm.beta));
    return result;
  }
  result->moments = measure(data(x), rows_of(x), static_cast<int>(x.size(1)));
  result->map = channel_map(result->moments, data(norm.gamma), data(norm.beta));
  const auto rows = static_cast<double>(rows_of(x));
  const double unbiased = rows > 1 ? rows / (rows - 1) : 1.0;
  float* mean = norm.mean.data_ptr<float>();
  float* variance = norm.variance.data_ptr<float>();
  for (int64_t c = 0; c < x.size(1); ++c) {
    mean[c] += static_cast<float>(momentum * (result->moments.mean[c] - mean[c]));
    variance[c] += static_cast<float>(momentum * (result->moments.variance[c] * unbiased - variance[c]));
  }
  return result;
}

struct Norm : Function<Norm> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& gamma,
                            const at::Tensor& beta, const at::Tensor& mean, const at::Tensor& variance,
                            bool relu6, double momentum) {
    const at::Tensor x = channels_last(input);
    auto batch = measured(x, {gamma, beta, mean, variance}, momentum);
    at::Tensor y = at::empty_like(x);
    apply_map(data(x), batch->map, relu6, rows_of(x), static_cast<int>(x.size(1)), y.data_ptr<float>());
    context->save_for_backward({x});
    context->saved_data["batch"] = c10::IValue::make_capsule(std::move(batch));
    context->saved_data["relu6"] = relu6;
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor x = context->get_saved_variables()[0];
    const auto capsule = context->saved_data["batch"].toCapsule();
    const auto& batch = static_cast<const Measured&>(*capsule);
    const at::Tensor dy = channels_last(gradients[0]);
    at::Tensor dx = at::empty_like(x);
    at::Tensor dgamma = at::empty({x.size(1)});
    at::Tensor dbeta = at::empty({x.size(1)});
    backward_map(data(x), data(dy), batch.moments, batch.map, context->saved_data["relu6"].toBool(),
                 rows_of(x), static_cast<int>(x.size(1)), dx.data_ptr<float>(), dgamma.data_ptr<float>(),
                 dbeta.data_ptr<float>());
    return {dx, dgamma, dbeta, {}, {}, {}, {}};
  }
};

struct NormDepthwise : Function<NormDepthwise> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& gamma,
                            const at::Tensor& beta, const at::Tensor& mean, const at::Tensor& variance,
                            double momentum, const at::Tensor& weight, int64_t stride, int64_t pad_before,
                            int64_t pad_after) {
    const at::Tensor x = channels_last(input);
    auto batch = measured(x, {gamma, beta, mean, variance}, momentum);
    const DepthwiseShape shape = shape_of(x, stride, pad_before, pad_after);
    at::Tensor y = at::empty({x.size(0), x.size(1), shape.out_rows(), shape.out_columns()}, x.options(),
                             at::MemoryFormat::ChannelsLast);
    depthwise_forward(shape, data(x), batch->map, data(weight), y.data_ptr<float>());
    context->save_for_backward({x, weight});
    context->saved_data["batch"] = c10::IValue::make_capsule(std::move(batch));
    context->saved_data["window"] = std::vector<int64_t>{stride, pad_before, pad_after};
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor& x = saved[0];
    const at::Tensor& weight = saved[1];
    const auto capsule = context->saved_data["batch"].toCapsule();
    const auto& batch = static_cast<const Measured&>(*capsule);
    const auto window = context->saved_data["window"].toIntVector();
    const at::Tensor dy = channels_last(gradients[0]);
    at::Tensor dx = at::empty_like(x);
    at::Tensor dweight = at::empty({weight.size(0), 1, 3, 3});
    at::Tensor dgamma = at::empty({x.size(1)});
    at::Tensor dbeta = at::empty({x.size(1)});
    depthwise_backward(shape_of(x, window[0], window[1], window[2]), data(x), batch.moments, batch.map,
                       data(weight), data(dy), dx.data_ptr<float>(), dweight.data_ptr<float>(),
                       dgamma.data_ptr<float>(), dbeta.data_ptr<float>());
    return {dx, dgamma, dbeta, {}, {}, {}, dweight, {}, {}, {}};
  }

  static DepthwiseShape shape_of(const at::Tensor& x, int64_t stride, int64_t pad_before, int64_t pad_after) {
    return {.pictures = x.size(0),
            .rows = static_cast<int>(x.size(2)),
            .columns = static_cast<int>(x.size(3)),
            .channels = static_cast<int>(x.size(1)),
            .stride = static_cast<int>(stride),
            .pad_before = static_cast<int>(pad_before),
            .pad_after = static_cast<int>(pad_after)};
  }
};

}  // namespace

at::Tensor norm(const at::Tensor& x, const BatchNorm& batch_norm, bool relu6, double momentum) {
  return Norm::apply(x, batch_norm.gamma, batch_norm.beta, batch_norm.mean, batch_norm.variance, relu6,
                     momentum);
}

at::Tensor norm_depthwise(const at::Tensor& x, const BatchNorm& batch_norm, double momentum,
                          const at::Tensor& weight, int64_t stride, int64_t pad_before, int64_t pad_after) {
  return NormDepthwise::apply(x, batch_norm.gamma, batch_norm.beta, batch_norm.mean, batch_norm.variance,
                              momentum, weight, stride, pad_before, pad_after);
}

}  // namespace dew::student
