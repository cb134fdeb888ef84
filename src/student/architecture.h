// The net as a list of layers, without any numbers in it: what training, folding and quantising agree on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dew::student {

/// A convolution with its batch norm. Padding is TensorFlow's SAME: k - 1 rows and columns for an odd kernel,
/// the odd one at the bottom and right; for stride 2 on an even size that is none at the top and left.
struct Layer {
  std::string name;  ///< as Keras names it
  bool depthwise = false;
  int in = 0;
  int out = 0;  ///< equal to `in` for a depthwise layer
  int kernel = 1;
  int stride = 1;
  bool relu6 = false;
  int adds = -1;    ///< the layer whose output is added to this one's (a residual), -1: none
  int in_size = 0;  ///< rows and columns
  int block = 0;    ///< layers that are trained or left alone together; 0: what stands before the blocks

  [[nodiscard]] int out_size() const { return (in_size + stride - 1) / stride; }
  [[nodiscard]] int64_t weights() const { return int64_t{out} * kernel * kernel * (depthwise ? 1 : in); }
  [[nodiscard]] int64_t macs() const { return weights() * out_size() * out_size(); }
  /// Rows (and columns) of padding in front; what follows is whatever the last window still needs.
  [[nodiscard]] int pad_before() const { return pad_total() / 2; }
  [[nodiscard]] int pad_after() const { return pad_total() - pad_before(); }

 private:
  [[nodiscard]] int pad_total() const {
    const int needed = (out_size() - 1) * stride + kernel - in_size;
    return needed > 0 ? needed : 0;
  }
};

/// Each layer takes the one before it; after the last come the mean over rows and columns, a dense layer and
/// a softmax.
struct Architecture {
  std::string net = "mobilenet_v2";
  double alpha = 0;
  int input = 0;
  int classes = 0;
  int head = 0;    ///< MobileNetV2's: channels of the last convolution, if not the paper's
  int blocks = 0;  ///< MobileNetV2's: how many of its 17 bottlenecks there are, if not all
  std::vector<Layer> layers;

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

/// By its name; the others of the arguments as Architecture's. Null: no such net.
std::optional<Architecture> find_architecture(const std::string& net, double alpha, int input, int classes,
                                              int head = 0, int blocks = 0);

/// What find_architecture() knows.
const std::vector<std::string>& all_nets();

}  // namespace dew::student
