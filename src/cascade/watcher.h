// watcher: one source. Frames and the net's scores in, events out; which net, and where frames come from, is
// the caller's. Nothing here waits, asks or writes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cascade/key_pictures.h"
#include "cascade/trigger.h"
#include "media/media.h"

namespace dew::cascade {

struct WatchSettings {
  std::vector<Rule> rules;  ///< one a class that is an event
  KeySettings keys;
  double settled = 10;  ///< seconds after which an event that goes on is told with the pictures it has so far
};

/// A frame, and what the net says of it.
struct Seen {
  const Image& picture;  ///< empty: there is none, as of a sound
  int64_t frame = 0;
  double seconds = 0;
  std::vector<uint8_t> scores;  ///< one a rule, in their order, in steps of 1/255
  /// Where in the picture each score was found; absent, or empty for all: in the whole of it.
  std::vector<std::optional<Rect>> looks = {};
};

/// Something that happened to an event.
struct Happening {
  enum class Kind {
    kBegins,
    kSettled,  ///< it goes on, and its pictures are chosen; at most once
    kEnds,     ///< its pictures are chosen, unless it was settled before
  };
  Kind kind = Kind::kBegins;
  size_t rule = 0;
  int64_t number = 0;  ///< of the event, from 0: tells the happenings of one from those of others
  int64_t first_frame = 0;
  int64_t last_frame = 0;
  double start = 0;  ///< seconds from the start of the source
  double end = 0;
  double score = 0;  ///< the highest so far, 0...1
  std::vector<Candidate>
      pictures;  ///< of kBegins the first frame; of kEnds after kSettled none; none without any
};

class Watcher {
 public:
  explicit Watcher(WatchSettings settings);
  Watcher(Watcher&&) noexcept;
  Watcher& operator=(Watcher&&) noexcept;
  ~Watcher();

  /// The next frame. Seconds that go back (a clock that jumps) count as no time.
  std::vector<Happening> see(const Seen& seen);
  /// The source has ended, or is lost for a while: so have its events. Frames may follow.
  std::vector<Happening> finish();

 private:
  struct Open;
  struct Watched;
  Happening happening(const Watched& watched, Happening::Kind kind) const;
  void follow(Watched& watched, const Seen& seen, uint8_t score, std::vector<Happening>& out);

  WatchSettings settings_;
  LookBack look_back_;
  std::vector<Watched> watched_;
  int64_t events_ = 0;
  double now_ = 0;
};

}  // namespace dew::cascade
