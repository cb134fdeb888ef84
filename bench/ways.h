// Ways to choose the frames that a large model sees, and what they do on recordings whose events are known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cascade/judging.h"
#include "cascade/motion.h"
#include "verbs/cascade/scorer.h"

namespace dew::bench {

/// One camera, frame by frame: what all ways decide by.
struct Camera {
  std::optional<Rect> region;
  std::vector<cascade::TrueEvent> truth;
  std::vector<double> seconds;
  std::vector<uint8_t> scores;
  std::vector<bool> moves;
  std::vector<double> change;  ///< mean step from the frame before, grey levels
  cascade::Motion motion;
  std::vector<uint8_t> before;
};

/// The next frame of a camera, already cut to its region.
void see(Camera& camera, const Image& frame, double seconds, verbs::Scorer& scorer);

/// What one way sends, over all cameras.
struct WayFigures {
  std::string name;
  int64_t truth = 0;
  int64_t found = 0;  ///< events that a sent frame shows
  int64_t frames = 0;
  int64_t sent = 0;
  int64_t empty = 0;           ///< of what was sent
  std::vector<double> delays;  ///< seconds from the start of a found event to the first frame sent of it
  std::optional<double> false_an_hour{};  ///< of empty video; absent: the way knows no events
};

/// Every frame, one a second, motion, the most different of 30 s, three in a row at .8, and the cascade's
/// rule.
std::vector<WayFigures> all_ways(const std::vector<Camera>& cameras, const cascade::Rule& rule, int pictures);

std::string ways_table(const std::vector<WayFigures>& ways);

/// Recall, with its one-sided 95 % bound, over the share of frames that are sent, as an SVG file's text.
std::string ways_picture(const std::vector<WayFigures>& ways);

}  // namespace dew::bench
