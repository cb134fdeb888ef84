// People who walked through one part of a fixed camera's picture, put into the empty scenes of its other
// parts at known times: as many events as one wants, from a video of a minute.
#pragma once

#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "cascade/judging.h"
#include "media/media.h"

namespace dew::bench {

/// A part of the picture: what it showed at a steady rate, and when somebody was there.
struct TileFilm {
  std::vector<Image> sampled;               ///< from the whole video: their median is the empty scene
  std::vector<Image> frames;                ///< the stretch that walks are taken from, frame by frame
  std::vector<cascade::TrueEvent> present;  ///< seconds from the first of `frames`
};

/// Walks are cut out by what differs from the empty scene: people as they are, with soft edges; their shadows
/// by the share of the light that they take. The scenes keep their own noise, and their light wanders by 5 %.
class Splices {
 public:
  Splices(std::vector<TileFilm> tiles, double fps, uint32_t seed);
  ~Splices();

  [[nodiscard]] size_t walks() const;
  [[nodiscard]] size_t scenes() const;

  /// A recording of one scene, frame by frame: `events` walks from other tiles, every other one mirrored,
  /// with `apart` seconds, half as much again or half as little, of the empty scene around each. Returns when
  /// somebody is there: at least a third of the area at its largest.
  std::vector<cascade::TrueEvent> play(size_t scene, int events, double apart,
                                       const std::function<void(const Image& frame, double seconds)>& give);

 private:
  struct Scene;
  struct Walk;
  double fps_;
  std::mt19937 random_;
  std::vector<Scene> scenes_;
  std::vector<Walk> walks_;
  size_t next_walk_ = 0;
};

}  // namespace dew::bench
