// A net in the numbers of int8 arithmetic: calibration makes it from a folded net, quantisation-aware
// fine-tuning changes it, and it becomes a graph.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "student/calibrate.h"
#include "student/fold.h"

namespace dew::student {

/// int8 weights, int32 biases and the scales of one layer.
struct Int8Layer {
  std::vector<int8_t> weights;  ///< [out, ...], as FoldedLayer's
  std::vector<int32_t> bias;    ///< in steps of the input's scale times the weights'
  std::vector<float> scales;    ///< one per output channel, or one for all
};

struct Int8Net {
  Architecture architecture;
  std::vector<Int8Layer> layers;
  Int8Layer dense;
  std::vector<graph::Quantisation> outputs;  ///< of each layer, before a residual's sum
  std::vector<graph::Quantisation> sums;     ///< empty where the layer adds nothing
  graph::Quantisation mean;
  graph::Quantisation logits;

  /// The quantisation of what layer `index` reads.
  [[nodiscard]] const graph::Quantisation& input_of(size_t index) const;
};

/// That of the pictures: a byte p is q = p - 128, the real (q + 1) / 127.5.
const graph::Quantisation& picture_quantisation();

/// TensorFlow Lite's int8 specification: activations per tensor, weights symmetric and per channel (the dense
/// layer's per tensor), bias int32 at s_in * s_w. The mean shift that rounding causes goes into the biases.
Int8Net round_net(const FoldedNet& net, const Calibration& calibration);

/// int8 NHWC in, int8 softmax out.
graph::Graph to_graph(const Int8Net& net, const std::string& name, const std::vector<std::string>& classes);

}  // namespace dew::student
