// unsure_frames: which frames that the net wavers about are worth a label. One source; nothing here writes.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "cascade/trigger.h"
#include "media/media.h"

namespace dew::cascade {

/// Whether a score speaks neither for nor against its class.
bool wavers(const Rule& rule, uint8_t score);

/// Takes few: one in half a minute, and none that looks like one of the last it took.
class UnsureFrames {
 public:
  explicit UnsureFrames(std::vector<Rule> rules) : rules_(std::move(rules)) {}
  /// The net wavers about the picture by a score of at least one rule (`scores`, one a rule), and it is worth
  /// a label.
  bool take(const Image& picture, double seconds, const std::vector<uint8_t>& scores);

 private:
  std::vector<Rule> rules_;
  std::optional<double> last_;   ///< seconds of the last one that was taken
  std::deque<uint64_t> hashes_;  ///< of the last ones
};

}  // namespace dew::cascade
