// Nets with random weights, built operator by operator, for the compiler's tests.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "graph/graph.h"

namespace dew::test {

using Bytes = std::vector<uint8_t>;

/// Builds a graph whose values stay spread over int8: output scales are derived from the weights.
class Net {
 public:
  explicit Net(uint32_t seed) : random_(seed) {}

  /// The settings of the operators added next.
  graph::Op like;
  /// Multiplies the scales of outputs. Small values make outputs saturate and give factors of one half and
  /// more.
  double stretch = 1.0;
  /// Relu6 outputs span 0 to 6, as in quantised nets, so that only int8's range clamps them.
  bool whole_relu6 = false;
  /// One weight scale per channel.
  bool per_channel = true;
  /// Scales of channels differ by up to this many powers of two, both ways.
  double spread = 0;
  /// Of an int8 input; 0: one of those that pictures have.
  double input_scale = 0;
  int largest_bias = 4000;
  /// Every third channel has the weight scale 0.
  bool dead_channels = false;

  int input(int h, int w, int c);
  int input(std::vector<int> shape, graph::DType type = graph::DType::kInt8);
  int conv(int in, int channels, int kernel_h, int kernel_w);
  int depthwise(int in, int kernel_h, int kernel_w);
  int dense(int in, int units);
  int add(int a, int b) { return binary(graph::OpKind::kAdd, a, b); }
  int sub(int a, int b) { return binary(graph::OpKind::kSub, a, b); }
  int mul(int a, int b) { return binary(graph::OpKind::kMul, a, b); }
  int div(int a, int b);  ///< b must be a constant; its zero points become something else
  int maximum(graph::OpKind kind, int a, int b);  ///< or Minimum; gives b the quantisation of a
  int prelu(int in, int alpha) { return binary(graph::OpKind::kPrelu, in, alpha); }
  int pad(int in, const std::vector<int>& paddings);
  int pool(graph::OpKind kind, int in, int filter_h, int filter_w);
  int mean(int in, const std::vector<int>& axes);
  int unary(graph::OpKind kind, int in);  ///< functions of one byte, Softmax and LogSoftmax
  int reshape(int in, const std::vector<int>& shape);
  int concatenation(const std::vector<int>& ins, int axis);
  int transpose(int in, const std::vector<int>& permutation);
  int slice(int in, const std::vector<int>& begin, const std::vector<int>& end, const std::vector<int>& step);
  int resize(graph::OpKind kind, int in, int height, int width);
  int quantize(int in, graph::DType type, double scale, int zero_point);
  int quantize_flipped(int in);  ///< to uint8: only the top bit changes
  int dequantize(int in);
  int constant(const std::vector<int>& shape);
  /// What the net remembers: the value that remember() was given in the run before, at first random values
  /// or, with `level`, zero points. Scale and zero point are those of tensor `as`.
  int state(int as, const std::vector<int>& shape, bool level = false);
  void remember(int state, int value);

  /// The graph with the last operator's output as its output.
  graph::Graph finish();
  graph::Graph finish(int output);

  Bytes random_input();
  [[nodiscard]] const std::vector<int>& shape(int index) const {
    return graph_.tensors[static_cast<size_t>(index)].shape;
  }
  [[nodiscard]] double scale(int index) const {
    return graph_.tensors[static_cast<size_t>(index)].quantisation.scale[0];
  }
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

 private:
  int binary(graph::OpKind kind, int a, int b);
  int like_input(int in, std::vector<int> shape);
  int tensor(std::vector<int> shape, graph::DType type, double scale, int zero_point);
  int int32_constant(const std::vector<int>& values);
  int weights(const std::vector<int>& shape, int channel_axis, double fan_in, double gain);
  int bias(int channels);
  int emit(graph::Op op, std::vector<int> inputs, int output);
  double uniform(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }
  int convolve(graph::OpKind kind, int in, const std::vector<int>& weight_shape, int channels, double fan_in);

  std::mt19937 random_;
  graph::Graph graph_;
};

/// MobileNetV2 with Keras' width multiplier, head and classes, and random weights. Relu6 outputs span 0 to 6,
/// as in quantised nets.
graph::Graph mobilenet_v2(double alpha, int size, int classes, int head, uint32_t seed);

}  // namespace dew::test
