// Builds graphs for tests: works out shapes, and draws weights and scales so that outputs use int8's range.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "graph/graph.h"

namespace dew::graph {

/// Every method adds one operator and returns the index of the tensor it makes.
///
///     Builder b(7);
///     const int x = b.input({1, 8, 8, 3}, 0.02F, -4);
///     b.output(b.conv(x, 16, 3, 2, Padding::kSame, Activation::kRelu6));
///     const Graph graph = b.graph();
class Builder {
 public:
  explicit Builder(uint32_t seed) : random_(seed) {}

  int input(std::vector<int> shape, float scale, int zero_point, DType type = DType::kInt8);
  /// An int8 constant with random values over the whole range.
  int constant(std::vector<int> shape, float scale, int zero_point);

  /// `filter` rows and columns, or so many rows of `width` columns.
  int conv(int in, int channels, int filter, int stride, Padding padding, Activation activation,
           int width = 0);
  int depthwise(int in, int multiplier, int filter, int stride, Padding padding, Activation activation,
                int width = 0);
  int fully_connected(int in, int units);
  int add(int a, int b, Activation activation = Activation::kNone);
  int mul(int a, int b, Activation activation = Activation::kNone);
  /// Zero points among the divisors become something else.
  int div(int a, int divisors, Activation activation = Activation::kNone);
  int pad(int in, int top, int bottom, int left, int right);
  int pool(OpKind kind, int in, int filter, int stride, Padding padding);
  int mean(int in, std::vector<int> axes, bool keep_dims);
  int reshape(int in, std::vector<int> shape);
  int softmax(int in);
  int log_softmax(int in);
  int logistic(int in);
  /// Any function of one byte.
  int relu(int in, OpKind kind, float scale, int zero_point);
  int resize(OpKind kind, int in, int height, int width);
  int slice(int in, std::vector<int> begin, std::vector<int> end, std::vector<int> step);
  int concatenation(const std::vector<int>& in, int axis);
  int transpose(int in, std::vector<int> permutation);
  int quantize(int in, DType type, float scale, int zero_point);
  /// What remember() was given in the run before, at first random values; scale and zero point are those of
  /// `as`.
  int state(int as, std::vector<int> shape);
  void remember(int state, int value);
  int dequantize(int in);

  void output(int tensor) { graph_.outputs.push_back(tensor); }
  /// The operator added last, for changing it (explicit padding, dilation, ...).
  Op& last() { return graph_.ops.back(); }
  Graph& graph() { return graph_; }

  int uniform(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  /// Random bytes for the graph's input.
  std::vector<uint8_t> random_input();

  bool per_channel = true;  ///< one weight scale per channel
  bool with_bias = true;
  float loudness = 1.0F;  ///< multiplies weight scales; from about 50, factors reach 0.5 and outputs saturate

 private:
  int activation(std::vector<int> shape, float scale, int zero_point, DType type = DType::kInt8);
  int like(int tensor, std::vector<int> shape);
  int int32_constant(const std::vector<int>& values, std::vector<int> shape);
  int weights(std::vector<int> shape, int channels, int axis, float scale);
  float weight_scale(int in, int sums, float scale_out) const;
  int bias(int channels, int sums, float scale_in, int weights);
  Op& add_op(OpKind kind, std::vector<int> inputs, int out);
  const Tensor& at(int tensor) const { return graph_.tensors[static_cast<size_t>(tensor)]; }

  Graph graph_{.name = "made", .tensors = {}, .ops = {}, .inputs = {}, .outputs = {}, .classes = {}};
  std::mt19937 random_;
};

/// A small MobileNetV2: stem, inverted residuals (one with an Add), head, Mean, FullyConnected, Softmax.
Graph mobilenet_like(uint32_t seed, int size, int classes);

/// A streaming keyword net as microWakeWord trains them: three new rows of 40 features go in, each layer
/// remembers the last rows of what it reads, and a probability comes out as uint8.
Graph keyword_net(uint32_t seed);

/// Every operator except those with float input, in one graph with two outputs: softmax and float logits.
Graph all_operators(uint32_t seed);

}  // namespace dew::graph
