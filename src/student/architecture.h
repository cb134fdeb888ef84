// The nets as lists of layers: what training, folding and quantisation share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dew::student {

/// A convolution with its batch norm. Padding is TensorFlow's SAME: as many rows and columns as the last
/// window needs, half of them at the top and left, an odd one at the bottom and right.
struct ConvLayer {
  std::string name;  ///< as Keras names it
  bool depthwise = false;
  int in = 0;
  int out = 0;  ///< equal to `in` for a depthwise layer
  int kernel = 1;
  int stride = 1;
  bool relu6 = false;
  int adds = -1;    ///< the layer whose output is added to this one's (a residual), -1: none
  int in_size = 0;  ///< rows and columns
  int block = 0;    ///< counted from 1; 0: before the first block

  [[nodiscard]] int out_size() const { return (in_size + stride - 1) / stride; }
  [[nodiscard]] int64_t weights() const { return int64_t{out} * kernel * kernel * (depthwise ? 1 : in); }
  [[nodiscard]] int64_t macs() const { return weights() * out_size() * out_size(); }
  /// Rows of padding at the top, as columns at the left.
  [[nodiscard]] int pad_before() const { return pad_total() / 2; }
  [[nodiscard]] int pad_after() const { return pad_total() - pad_before(); }

 private:
  [[nodiscard]] int pad_total() const {
    const int needed = (out_size() - 1) * stride + kernel - in_size;
    return needed > 0 ? needed : 0;
  }
};

/// Each layer reads the one before it; the last is followed by the mean over rows and columns, a dense layer
/// and a softmax.
struct Architecture {
  std::string net = "mobilenet_v2";
  double alpha = 0;
  int input = 0;
  int classes = 0;
  int head = 0;    ///< mobilenet_v2 only: channels of the last convolution; 0: the paper's
  int blocks = 0;  ///< mobilenet_v2 only: how many of its 17 bottlenecks there are; 0: all
  std::vector<ConvLayer> layers;

  [[nodiscard]] int features() const { return layers.back().out; }
  [[nodiscard]] int64_t weights() const;  ///< without biases and batch norms
  [[nodiscard]] int64_t macs() const;
};

/// MobileNetV2 (arXiv 1801.04381, table 2) as keras.applications builds it: channels rounded to multiples of
/// 8 and never below 90 % of the exact value, the last convolution not narrowed below 1280 channels.
/// `blocks` and `head` as Architecture's.
Architecture mobilenet_v2(double alpha, int input, int classes, int head = 0, int blocks = 0);

/// MobileNetV1 (arXiv 1704.04861, table 1), channels alpha times the paper's. At alpha 0.25 it is the net of
/// MLPerf Tiny's person detection.
Architecture mobilenet_v1(double alpha, int input, int classes);

/// Six depthwise separable convolutions for boards with 16 KB of RAM; alpha 1 has 8 to 96 channels.
Architecture tiny(double alpha, int input, int classes);

/// The net of this name; the other arguments as Architecture's. Empty: no such net.
std::optional<Architecture> find_architecture(const std::string& net, double alpha, int input, int classes,
                                              int head = 0, int blocks = 0);

/// What find_architecture() knows.
const std::vector<std::string>& all_nets();

/// Everything a trained net consists of; layout.h says where each number is.
struct Weights {
  Architecture architecture;
  std::vector<float> parameters;
  std::vector<float> statistics;
};

}  // namespace dew::student
