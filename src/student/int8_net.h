// A net as the numbers of int8 arithmetic: what calibration makes of a folded net, what quantisation-aware
// fine-tuning changes, and what becomes a graph.
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
  std::vector<float> scales;    ///< one an output channel, or one
};

struct Int8Net {
  Architecture architecture;
  std::vector<Int8Layer> layers;
  Int8Layer dense;
  std::vector<graph::Quantisation> outputs;  ///< of each layer, before a residual's sum
  std::vector<graph::Quantisation> sums;     ///< empty where the layer adds nothing
  graph::Quantisation mean;
  graph::Quantisation logits;

  /// Of what layer `index` reads.
  [[nodiscard]] const graph::Quantisation& input_of(size_t index) const;
};

/// Of the pictures: bytes p are q = p - 128, reals (q + 1) / 127.5.
const graph::Quantisation& picture_quantisation();

/// TensorFlow Lite's int8 specification: activations per tensor, weights symmetric and per channel (the dense
/// layer's per tensor), bias int32 at s_in * s_w. Rounding's mean shift goes into the biases.
Int8Net round_net(const FoldedNet& net, const Calibration& calibration);

/// int8 NHWC in, int8 softmax out.
graph::Graph to_graph(const Int8Net& net, const std::string& name, const std::vector<std::string>& classes);

}  // namespace dew::student
