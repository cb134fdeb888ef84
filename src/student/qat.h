// Quantisation-aware fine-tuning: an int8 net trained in the arithmetic it will run in. LibTorch does not
// show.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/base.h"
#include "student/augment.h"
#include "student/fold.h"
#include "student/infer.h"
#include "student/int8_net.h"

namespace dew::student {

struct QatRecipe {
  Augmentation augmentation;
  int steps = 40;  ///< however many pictures there are: a weight moves by at most about `rate` in each
  int batch = 32;
  /// Adam's learning rate in steps of int8, not in reals: a weight moves by about this share of its own step
  /// each time, so that one rate suits every layer, however large its weights are.
  double rate = 0.01;
  /// In steps of the layer's output: one bias does what a channel's many weights do together.
  double bias_rate = 0.1;
  double temperature = 2.0;  ///< of both softmaxes
};

/// The logits of pictures [n, input, input, 3], with every tensor rounded and clamped as int8 does it: what
/// the graph computes but for the requantisation's last bit. The observer sees reals that lie on int8's
/// steps.
std::vector<float> run_rounded(const Int8Net& net, std::span<const float> pictures,
                               const Observer& observer = {});

/// Trains weights and biases of `start`, whose scales stay, so that the rounded net says of the same pictures
/// what `net` says, the float net it was rounded from (Hinton et al., arXiv 1503.02531). Rounding passes
/// gradients through unchanged, except where a value is clamped (Jacob et al., arXiv 1712.05877, section 3).
/// Error: a loss that is not a number, interrupted. Throws what LibTorch throws.
Result<Int8Net> train_rounded(const Int8Net& start, const FoldedNet& net,
                              std::span<const std::vector<uint8_t>> pictures, const QatRecipe& recipe,
                              uint64_t seed, Watch& watch);

}  // namespace dew::student
