// motion: whether a frame differs from what was there before, on few grey values. Cheap: it spares the net
// where nothing moves.
#pragma once

#include <cstdint>
#include <vector>

#include "media/media.h"

namespace dew::cascade {

struct MotionSettings {
  double least_share = 0.004;  ///< of the frame's cells, that must have changed
  int least_step = 14;         ///< grey levels, of 255, by which a cell counts as changed
  double memory = 0.05;        ///< how much of each frame the background takes in
};

/// A background that follows the light, and how much of a frame stands out from it. One a source.
class Motion {
 public:
  explicit Motion(MotionSettings settings = {}) : settings_(settings) {}
  /// True for the first frame, and where something moves.
  bool moves(const Image& frame);
  /// Of the last frame, 0 to 1.
  [[nodiscard]] double share() const { return share_; }

 private:
  MotionSettings settings_;
  std::vector<float> background_;  ///< grey, kRows x kColumns; empty before the first frame
  double share_ = 1;
};

}  // namespace dew::cascade
