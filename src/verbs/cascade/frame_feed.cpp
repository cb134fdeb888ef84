#include "verbs/cascade/frame_feed.h"

#include <algorithm>

namespace dew::verbs {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMostThatWait = 3;
constexpr milliseconds kLook{50};  ///< how often a wait asks whether it shall end

}  // namespace

FrameFeed::FrameFeed(std::string source, std::shared_ptr<PushedFrames> pushed, const MediaLimits& limits,
                     Watch& watch)
    : source_(std::move(source)),
      pushed_(std::move(pushed)),
      limits_(limits),
      watch_(watch),
      lost_(source_, watch),
      thread_([this] { run(); }) {}

FrameFeed::~FrameFeed() {
  stop_ = true;
  changed_.notify_all();
  thread_.join();
}

Result<std::optional<FedFrame>> FrameFeed::next(milliseconds silence) {
  std::unique_lock lock(mutex_);
  const auto any = [this] { return !frames_that_wait_.empty() || ended_; };
  if (silence.count() == 0) {
    changed_.wait(lock, any);
  } else if (!changed_.wait_for(lock, silence, any)) {
    FedFrame silent;
    silent.lost = true;
    return silent;
  }
  if (frames_that_wait_.empty()) {
    if (!*ended_) return tl::unexpected(ended_->error());
    return std::nullopt;
  }
  FedFrame frame = std::move(frames_that_wait_.front());
  frames_that_wait_.pop_front();
  changed_.notify_all();
  return frame;
}

FrameFeed::Figures FrameFeed::figures() const {
  const std::lock_guard lock(mutex_);
  Figures now = figures_;
  if (pushed_) {
    const PushedCounts counts = pushed_->counts();
    now.dropped += counts.dropped;
    now.broken = counts.broken;
  }
  return now;
}

void FrameFeed::run() {
  Result<void> ended;
  while (true) {
    ended = open_and_read();
    if (stop_ || watch_.interrupted() || !endless_) break;
    tell_lost(ended ? "the stream has ended" : ended.error().what);
    lost_.pause([this] { return stop_ || watch_.interrupted(); });
  }
  const std::lock_guard lock(mutex_);
  ended_ = ended;
  changed_.notify_all();
}

Result<void> FrameFeed::open_and_read() {
  if (pushed_) return read_pushed();
  DEW_TRY(FrameSource source, FrameSource::open(source_, limits_, watch_));
  endless_ = source.endless();
  {
    const std::lock_guard lock(mutex_);
    figures_.live = source.live();
    figures_.promised = source.promised_frames();
  }
  while (true) {
    DEW_TRY(const bool more, source.advance(watch_));
    if (!more || stop_) return {};
    FedFrame frame;
    DEW_TRY(frame.picture, source.image());
    frame.number = frames_++;
    if (!began_) began_ = Steady::now();
    frame.seconds =
        endless_ ? std::chrono::duration<double>(Steady::now() - *began_).count() : source.seconds();
    lost_.is_back();
    if (!put(std::move(frame))) return {};
  }
}

Result<void> FrameFeed::read_pushed() {
  PushedSource source(pushed_, limits_);
  {
    const std::lock_guard lock(mutex_);
    figures_.live = true;
  }
  while (true) {
    DEW_TRY(const bool more, source.advance(watch_));
    if (!more || stop_) return {};
    FedFrame frame{source.over(), {}, source.number(), source.seconds()};
    if (!frame.lost) frame.picture = source.image();
    if (!put(std::move(frame))) return {};
  }
}

bool FrameFeed::put(FedFrame frame) {
  std::unique_lock lock(mutex_);
  while (frames_that_wait_.size() >= kMostThatWait) {
    if (stop_ || watch_.interrupted()) return false;
    if (endless_) {
      // A word about a loss stays: events end by it.
      const auto oldest = std::find_if(frames_that_wait_.begin(), frames_that_wait_.end(),
                                       [](const FedFrame& one) { return !one.lost; });
      if (oldest == frames_that_wait_.end()) break;
      frames_that_wait_.erase(oldest);
      ++figures_.dropped;
    } else {
      changed_.wait_for(lock, kLook);
    }
  }
  frames_that_wait_.push_back(std::move(frame));
  changed_.notify_all();
  return true;
}

void FrameFeed::tell_lost(const std::string& why) {
  if (!lost_.lost(why)) return;
  FedFrame lost;
  lost.lost = true;
  put(std::move(lost));
  const std::lock_guard lock(mutex_);
  ++figures_.breaks;
}

}  // namespace dew::verbs
