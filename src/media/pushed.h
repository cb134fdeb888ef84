// Pictures that others push, one queue a camera: what the network or a folder brings is put in here, and
// another thread reads it as it would read a video.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/base.h"
#include "media/image.h"

namespace dew {

/// A picture as it came.
struct PushedFrame {
  std::string bytes;   ///< JPEG, or whatever decode_image() reads
  double seconds = 0;  ///< when it arrived, by a clock that does not go back, from any beginning
};

struct PushedCounts {
  int64_t arrived = 0;
  int64_t dropped = 0;  ///< of them, the oldest where too many waited
  int64_t broken = 0;   ///< of them, that could not be decoded or were larger than the limits
};

/// The pictures of one camera that wait to be looked at. Any thread may call it.
class PushedFrames {
 public:
  static constexpr size_t kMostWaiting = 32;
  static constexpr size_t kMostBytes = size_t{64} << 20;

  /// `name`: of the camera, for people; without a password.
  explicit PushedFrames(std::string name, size_t most_waiting = kMostWaiting);

  [[nodiscard]] const std::string& name() const { return name_; }
  /// From a sender that does not wait: the oldest make room.
  void put(PushedFrame frame);
  /// From one that can wait, such as a folder. False: there was no room for so long.
  bool put_if_room(PushedFrame& frame, std::chrono::milliseconds wait);
  /// What was seen until here is over, whatever comes next.
  void put_over();
  /// No more will come.
  void close();
  void count_broken();
  [[nodiscard]] PushedCounts counts() const;

  struct Taken {
    PushedFrame frame;
    int64_t number = 0;  ///< of those that arrived, from 0; one that was dropped has a number, too
    bool over = false;   ///< in place of a picture: put_over()
    bool end = false;    ///< in place of a picture: closed, and nothing waits
  };
  /// The next; nothing if none comes for so long.
  std::optional<Taken> take(std::chrono::milliseconds wait);

 private:
  struct Waiting {
    PushedFrame frame;
    int64_t number = 0;
    bool over_behind = false;
  };
  void add(PushedFrame frame);
  [[nodiscard]] bool full(size_t more) const;

  const std::string name_;
  const size_t most_waiting_;
  mutable std::mutex mutex_;
  std::condition_variable any_;
  std::condition_variable room_;
  std::deque<Waiting> waiting_;
  size_t bytes_ = 0;
  bool over_ = false;  ///< told before the first that waits
  bool closed_ = false;
  PushedCounts counts_;
};

/// Reads them as FrameSource reads a video: for as long as they come, the latest in image(). One that cannot
/// be decoded is told once, counted and passed over. Used from one thread.
class PushedSource {
 public:
  PushedSource(std::shared_ptr<PushedFrames> frames, const MediaLimits& limits);
  /// Waits for the next; false once the queue is closed. Error: interrupted.
  Result<bool> advance(Watch& watch);
  /// advance() has brought no picture but the word that what was seen until now is over.
  [[nodiscard]] bool over() const { return over_; }
  /// Of the present picture, among those that arrived; -1 before the first.
  [[nodiscard]] int64_t number() const { return number_; }
  /// When it arrived, from the first one on.
  [[nodiscard]] double seconds() const { return seconds_; }
  /// Scaled to the size of the first one.
  [[nodiscard]] const Image& image() const { return image_; }

 private:
  bool decode(const PushedFrames::Taken& taken, Watch& watch);
  void tell_dropped(Watch& watch);

  std::shared_ptr<PushedFrames> frames_;
  MediaLimits limits_;
  Image image_;
  int width_ = 0;
  int height_ = 0;
  int64_t number_ = -1;
  double first_ = -1;
  double seconds_ = 0;
  bool over_ = false;
  bool told_broken_ = false;
  bool told_dropped_ = false;
};

}  // namespace dew
