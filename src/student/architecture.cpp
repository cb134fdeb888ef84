// The layers of each net, with Keras' channel rounding and names.
#include "student/architecture.h"

#include <algorithm>

#include "store/student_options.h"

namespace dew::student {
namespace {

/// Keras' _make_divisible: the nearest multiple of 8, raised where rounding down lost more than a tenth.
int make_divisible(double channels) {
  const int rounded = std::max(8, static_cast<int>(channels + 4) / 8 * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

/// A list of layers under construction; each is fed by the one before it.
class LayerList {
 public:
  explicit LayerList(int input) : size_(input) {}

  void convolution(const std::string& name, int out, int kernel, int stride, bool relu6) {
    append({name, false, channels_, out, kernel, stride, relu6, -1, size_, block_});
  }
  void depthwise(const std::string& name, int stride) {
    append({name, true, channels_, channels_, 3, stride, true, -1, size_, block_});
  }
  void begin_block() { ++block_; }
  /// Filter each channel, then mix them: a depthwise and a 1 x 1 convolution.
  void separable(const std::string& number, int out, int stride) {
    begin_block();
    depthwise("conv_dw_" + number, stride);
    convolution("conv_pw_" + number, out, 1, 1, true);
  }
  /// Expand by `expansion`, filter each channel, project to `out` without an activation; where the shape
  /// stays, the block's input is added.
  void bottleneck(const std::string& name, int expansion, int out, int stride) {
    const int before = static_cast<int>(layers_.size()) - 1;
    const int in = channels_;
    if (expansion > 1) convolution(name + "_expand", in * expansion, 1, 1, true);
    depthwise(name + "_depthwise", stride);
    convolution(name + "_project", out, 1, 1, false);
    if (stride == 1 && in == out) layers_.back().adds = before;
  }
  std::vector<ConvLayer> take() { return std::move(layers_); }

 private:
  void append(ConvLayer layer) {
    channels_ = layer.out;
    size_ = layer.out_size();
    layers_.push_back(std::move(layer));
  }

  int size_;
  int channels_ = 3;
  int block_ = 0;
  std::vector<ConvLayer> layers_;
};

struct Stage {
  int expansion, channels, repeats, stride;
};
constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                             {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

struct Separable {
  int channels, stride;
};

void add_separable(LayerList& list, double alpha, const std::vector<Separable>& blocks) {
  int number = 0;
  for (const auto& [channels, stride] : blocks)
    list.separable(std::to_string(++number), make_divisible(channels * alpha), stride);
}

}  // namespace

Architecture mobilenet_v2(double alpha, int input, int classes, int head, int blocks) {
  LayerList list(input);
  list.convolution("Conv1", make_divisible(32 * alpha), 3, 2, true);
  int block = 0;
  for (const Stage& stage : kStages) {
    for (int repeat = 0; repeat < stage.repeats && (blocks == 0 || block < blocks); ++repeat, ++block) {
      if (block > 0) list.begin_block();
      // Keras calls the first block, which does not expand, expanded_conv.
      const std::string name = block == 0 ? "expanded_conv" : "block_" + std::to_string(block);
      list.bottleneck(name, stage.expansion, make_divisible(stage.channels * alpha),
                      repeat == 0 ? stage.stride : 1);
    }
  }
  list.begin_block();
  const int papers_features = alpha > 1.0 ? make_divisible(1280 * alpha) : 1280;
  const int features = head > 0 ? head : papers_features;
  list.convolution("Conv_1", features, 1, 1, true);
  return {"mobilenet_v2", alpha, input, classes, head, blocks, list.take()};
}

Architecture mobilenet_v1(double alpha, int input, int classes) {
  LayerList list(input);
  list.convolution("conv1", make_divisible(32 * alpha), 3, 2, true);
  add_separable(list, alpha,
                {{64, 1},
                 {128, 2},
                 {128, 1},
                 {256, 2},
                 {256, 1},
                 {512, 2},
                 {512, 1},
                 {512, 1},
                 {512, 1},
                 {512, 1},
                 {512, 1},
                 {1024, 2},
                 {1024, 1}});
  return {"mobilenet_v1", alpha, input, classes, 0, 0, list.take()};
}

Architecture tiny(double alpha, int input, int classes) {
  LayerList list(input);
  list.convolution("conv1", make_divisible(8 * alpha), 3, 2, true);
  add_separable(list, alpha, {{16, 2}, {24, 1}, {32, 2}, {48, 1}, {64, 2}, {96, 1}});
  return {"tiny", alpha, input, classes, 0, 0, list.take()};
}

const std::vector<std::string>& all_nets() {
  static const std::vector<std::string> names(store::kNets.begin(), store::kNets.end());
  return names;
}

std::optional<Architecture> find_architecture(const std::string& net, double alpha, int input, int classes,
                                              int head, int blocks) {
  if (net == "mobilenet_v2") return mobilenet_v2(alpha, input, classes, head, blocks);
  if (net == "mobilenet_v1") return mobilenet_v1(alpha, input, classes);
  if (net == "tiny") return tiny(alpha, input, classes);
  return std::nullopt;
}

int64_t Architecture::weights() const {
  int64_t sum = int64_t{features()} * classes;
  for (const ConvLayer& layer : layers) sum += layer.weights();
  return sum;
}

int64_t Architecture::macs() const {
  int64_t sum = int64_t{features()} * classes;
  for (const ConvLayer& layer : layers) sum += layer.macs();
  return sum;
}

}  // namespace dew::student
