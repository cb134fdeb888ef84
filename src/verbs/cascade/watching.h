// One thread a video or camera: it decodes, runs the net and the trigger, and tells what happens.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "media/pushed.h"
#include "store/events.h"
#include "verbs/cascade/drift.h"
#include "verbs/cascade/inbox.h"
#include "verbs/cascade/scorer.h"

namespace dew::verbs {

/// A video or camera, and the parts of its frames that are watched.
struct WatchSource {
  std::string source;                         ///< as FrameSource::open() takes it
  std::vector<std::optional<Rect>> regions;   ///< at least one; none: the whole frame
  std::shared_ptr<PushedFrames> pushed = {};  ///< frames come from here, and `source` is only a name
  bool each_counts =
      false;  ///< each frame is of a moment of its own: one that speaks for a class is its event
};

/// "yard.mp4#xywh=..." and the like, those of one video together, in the order of their first mention;
/// "env:NAME" is what that variable of the environment holds. Error (usage): a fragment that does not parse,
/// or that names a frame; the same twice.
Result<std::vector<WatchSource>> watch_sources(const std::vector<std::string>& texts);

/// The part of the frame that is watched. Error (usage): it lies outside.
Result<Image> watched_part(const Image& frame, const std::optional<Rect>& region);

/// How a sound net is fed.
struct SoundFeed {
  int rows = 49;      ///< features that it sees at once
  int step = 320;     ///< samples from one to the next, at 16,000 a second
  int every = 2;      ///< it is asked at every how manieth
  int divisor = 666;  ///< as dew_sound_quantize() takes it
  int zero_point = -128;
  int average = 1;               ///< its answer is the mean of the last so many
  std::optional<double> cutoff;  ///< from which on that is the word; absent: as [cascade] has it
};

/// How sources are watched.
struct WatchPlan {
  const Model& model;
  std::vector<EventClass> events;
  TileGrid tiles;
  double temperature = 1;
  bool motion = false;
  int learn_a_day = 0;              ///< frames that the net wavers about are told; 0: none
  cascade::WatchSettings settings;  ///< the rules of `events`, in their order
  MediaLimits limits;
  std::optional<SoundFeed> sound = {};  ///< the net listens to the sources' sound
};

// ---- what a thread tells

struct SawHappening {
  size_t source = 0;
  size_t region = 0;
  bool live = false;
  cascade::Happening happening;
};
/// A frame that the net wavers about, and that is worth a label.
struct SawUnsure {
  size_t source = 0;
  size_t region = 0;
  int64_t frame = 0;
  bool live = false;
  Image picture;
};
struct SawWarning {
  std::string text;
};
/// How far it is, several times a second and at its end.
struct SawFrames {
  size_t source = 0;
  int64_t frames = 0;
  int64_t skipped = 0;
  int64_t unknown = 0;
  int64_t dropped = 0;  ///< frames of a live source that came faster than the net took them
  int64_t breaks = 0;   ///< times that a live source broke off and was taken up again
  int64_t broken = 0;   ///< pushed pictures that could not be decoded
  double seconds = 0;
  Looks looks;
  int64_t promised = 0;  ///< frames that the file says it has; 0: unknown
  bool ended = false;
  std::optional<Error> broke_off;
};
/// A camera that was not there before: its frames are pushed.
struct SawCamera {
  WatchSource source;
};
/// The asking thread: a question is settled.
struct SawAnswer {
  Event event;
  EventQuestion question;
};
using Sight = std::variant<SawHappening, SawUnsure, SawWarning, SawFrames, SawCamera, SawAnswer>;

/// A running thread. Destroying it stops and joins.
class Watching {
 public:
  Watching(size_t number, WatchSource source, const WatchPlan& plan, Inbox<Sight>& inbox);
  ~Watching();
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;
  void stop() { stop_ = true; }

 private:
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace dew::verbs
