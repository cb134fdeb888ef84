// A second door of the room: what a trained net makes of a picture, and of each place in it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/base.h"

namespace dew::student {

/// Of one picture.
struct Look {
  std::vector<float> probabilities;  ///< [classes], as predict() gives
  std::vector<float> features;       ///< what the dense layer reads
  /// Logits of every position of the last convolution, taken alone, [side, side, classes]. The dense layer
  /// reads the mean over positions, so the mean of these is the picture's own logits, exactly: the class
  /// activation maps of Zhou et al. (arXiv 1512.04150), each with its class's bias.
  std::vector<float> evidence;
  int side = 0;  ///< rows, and columns
};

/// In float, each picture (input * input * 3 bytes) through the net once. Error: as predict()'s.
Result<std::vector<Look>> look(const fs::path& folder, std::span<const std::vector<uint8_t>> pictures,
                               Watch& watch);

}  // namespace dew::student
