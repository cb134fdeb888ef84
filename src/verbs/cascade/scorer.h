// The net's scores of a frame, as the trigger takes them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "target/target.h"
#include "verbs/common/event_classes.h"
#include "verbs/common/model.h"

namespace dew::verbs {

/// What the net says of a frame.
struct FrameScores {
  std::vector<uint8_t> scores;  ///< of each event class, in steps of 1/255; the highest of all looks
  std::vector<std::optional<Rect>> looks;  ///< which tile had it; absent: the whole frame
  bool known = true;                       ///< false: the gate knows none of the looks
};

/// Runs the net on a frame and on its tiles. For one thread.
class Scorer {
 public:
  /// `model` has to outlive it.
  Scorer(const Model& model, std::vector<EventClass> events, TileGrid tiles, double temperature);
  Result<FrameScores> score(const Image& frame);

 private:
  Result<bool> look(const Image& part, const std::optional<Rect>& tile, FrameScores& found);

  const Model& model_;
  target::HostNet net_;
  std::vector<EventClass> events_;
  TileGrid tiles_;
  cascade::Temper temper_;
};

}  // namespace dew::verbs
