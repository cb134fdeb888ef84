// What a trained net says about a picture, and about each place in it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/base.h"

namespace dew::student {

/// Of one picture.
struct Look {
  std::vector<float> probabilities;  ///< [classes], equal to predict()'s
  std::vector<float> features;       ///< what the dense layer reads
  /// The logits of each position of the last convolution by itself, [side, side, classes]. The dense layer
  /// reads the mean over positions, so the mean of these is exactly the picture's logits: the class
  /// activation maps of Zhou et al. (arXiv 1512.04150), with each class's bias included.
  std::vector<float> evidence;
  int side = 0;  ///< rows, and columns
};

/// In float; runs the net once for each picture (input * input * 3 bytes). Error: as predict()'s.
Result<std::vector<Look>> look(const fs::path& folder, std::span<const std::vector<uint8_t>> pictures,
                               Watch& watch);

}  // namespace dew::student
