// Frames of one source, decoded by a thread of its own beside the net; a stream that breaks off is taken up
// again.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/base.h"
#include "media/frames.h"
#include "media/pushed.h"
#include "verbs/cascade/lost_source.h"

namespace dew::verbs {

/// A frame, or the word that the source is lost for now.
struct FedFrame {
  /// There is no picture: the source broke off, and is being opened again; or it is silent; or who pushes
  /// says that what was seen is over.
  bool lost = false;
  Image picture;
  int64_t number = 0;  ///< from 0; goes on where a source was taken up again
  /// From the first frame on. Of a source without an end by the clock of this machine: cameras' own clocks
  /// jump, and many streams (Motion JPEG over HTTP) have none.
  double seconds = 0;
};

/// A few frames wait, never many. Of a source without an end (a camera, a stream: FrameSource::endless()) the
/// oldest that wait are dropped where the net is slower, so that what is seen is now; all others wait for the
/// net.
class FrameFeed {
 public:
  /// What was found out so far.
  struct Figures {
    bool live = false;
    int64_t promised = 0;  ///< frames, by the header; 0: unknown
    int64_t dropped = 0;
    int64_t breaks = 0;  ///< times that the source broke off and was opened again
    int64_t broken = 0;  ///< pushed pictures that could not be decoded
  };

  /// `pushed`: where frames come from, and `source` is a name; none: the source is opened. `watch` is told
  /// and asked by the feed's thread, and has to outlive it.
  FrameFeed(std::string source, std::shared_ptr<PushedFrames> pushed, const MediaLimits& limits,
            Watch& watch);
  ~FrameFeed();
  FrameFeed(const FrameFeed&) = delete;
  FrameFeed& operator=(const FrameFeed&) = delete;

  /// Waits for the next one; nothing at the source's end. Error: it cannot be opened, or broke off and is
  /// none that could be opened again; interrupted. After `silence` without a frame, one that is `lost`; 0:
  /// however long.
  Result<std::optional<FedFrame>> next(std::chrono::milliseconds silence = {});
  [[nodiscard]] Figures figures() const;

 private:
  using Steady = std::chrono::steady_clock;

  void run();
  Result<void> open_and_read();
  Result<void> read_pushed();
  bool put(FedFrame frame);
  void tell_lost(const std::string& why);

  const std::string source_;
  const std::shared_ptr<PushedFrames> pushed_;
  const MediaLimits limits_;
  Watch& watch_;

  // Of the feed's thread.
  bool endless_ = false;
  int64_t frames_ = 0;
  std::optional<Steady::time_point> began_;  ///< when the first frame came
  LostSource lost_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<FedFrame> frames_that_wait_;
  Figures figures_;
  std::optional<Result<void>> ended_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace dew::verbs
