// key_pictures: the few pictures that tell an event: what came before it, its first frame, the surest, the
// sharpest and some evenly between, none nearly like another, in the order they happened.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "media/media.h"

namespace dew::cascade {

/// A frame that may be told.
struct Candidate {
  Image picture;  ///< its longer side at most KeySettings::longest_side
  int64_t frame = 0;
  double seconds = 0;
  double score = 0;      ///< of the event's class, 0...1
  double sharpness = 0;  ///< see sharpness()
  std::string why;       ///< as EventPicture::why
  bool cropped = false;  ///< the picture is what the net looked at, and not the whole frame
};

/// What pictures show.
enum class Crop {
  kOff,   ///< the whole frame
  kOnly,  ///< the part of it that the net was surest about, where that is known
  kBoth,  ///< first the frame, then the part
};

struct KeySettings {
  int pictures = 5;  ///< of an event, at most; a frame and its part are two
  Crop crop = Crop::kOff;
  double before = 1;        ///< seconds before an event whose pictures are kept; 0: none
  int longest_side = 1024;  ///< pixels; larger ones are scaled down
  int alike_bits = 3;       ///< difference hashes that differ in no more bits show the same
};

/// The variance of the picture's Laplacian, which blur takes away (Pech-Pacheco et al., ICPR 2000). Grey
/// levels squared.
double sharpness(const Image& picture);

/// The last moments of a source, some four pictures a second.
class LookBack {
 public:
  explicit LookBack(const KeySettings& settings) : settings_(settings) {}
  void add(const Image& picture, int64_t frame, double seconds);
  /// The earliest that is kept, if it is before `seconds`.
  [[nodiscard]] std::optional<Candidate> before(double seconds) const;

 private:
  KeySettings settings_;
  std::deque<Candidate> kept_;
};

/// What of an event is kept while it goes on: memory does not grow with its length.
class KeyPictures {
 public:
  KeyPictures(const KeySettings& settings, std::optional<Candidate> before);
  /// `look`: the part of the picture that the net was surest about; absent: all of it.
  void add(const Image& picture, int64_t frame, double seconds, double score,
           const std::optional<Rect>& look = std::nullopt);
  /// At most KeySettings::pictures of them.
  [[nodiscard]] std::vector<Candidate> choose() const;

 private:
  /// A candidate, and what the net looked at in it.
  struct Kept {
    Candidate whole;
    Image part;  ///< empty: all of it, or not wanted
  };
  class Choice;
  void add_to_slot(const Kept& one);
  void widen_slots();

  KeySettings settings_;
  std::optional<Kept> before_;
  std::optional<Kept> first_;
  std::optional<Kept> surest_;
  std::optional<Kept> sharpest_;
  double last_ = 0;  ///< seconds of the last one that was added
  double slot_seconds_ = 0.25;
  std::vector<std::optional<Kept>> slots_;  ///< the best of each stretch of slot_seconds_
};

}  // namespace dew::cascade
