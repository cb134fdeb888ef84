#include "media/pushed.h"

#include <algorithm>

#include "media/frames.h"

namespace dew {

PushedFrames::PushedFrames(std::string name, size_t most_waiting)
    : name_(std::move(name)), most_waiting_(most_waiting) {}

bool PushedFrames::full(size_t more) const {
  return waiting_.size() >= most_waiting_ || (!waiting_.empty() && bytes_ + more > kMostBytes);
}

void PushedFrames::add(PushedFrame frame) {
  bytes_ += frame.bytes.size();
  waiting_.push_back({std::move(frame), counts_.arrived++, false});
  any_.notify_one();
}

void PushedFrames::put(PushedFrame frame) {
  const std::lock_guard lock(mutex_);
  while (full(frame.bytes.size())) {
    over_ = over_ || waiting_.front().over_behind;
    bytes_ -= waiting_.front().frame.bytes.size();
    waiting_.pop_front();
    ++counts_.dropped;
  }
  add(std::move(frame));
}

bool PushedFrames::put_if_room(PushedFrame& frame, std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  if (!room_.wait_for(lock, wait, [&] { return !full(frame.bytes.size()); })) return false;
  add(std::move(frame));
  return true;
}

void PushedFrames::put_over() {
  const std::lock_guard lock(mutex_);
  (waiting_.empty() ? over_ : waiting_.back().over_behind) = true;
  any_.notify_one();
}

void PushedFrames::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  any_.notify_all();
}

void PushedFrames::count_broken() {
  const std::lock_guard lock(mutex_);
  ++counts_.broken;
}

PushedCounts PushedFrames::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::optional<PushedFrames::Taken> PushedFrames::take(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  if (!any_.wait_for(lock, wait, [this] { return over_ || closed_ || !waiting_.empty(); }))
    return std::nullopt;
  Taken taken;
  if (over_) {
    taken.over = true;
    over_ = false;
    return taken;
  }
  if (waiting_.empty()) {
    taken.end = true;
    return taken;
  }
  over_ = waiting_.front().over_behind;
  taken.frame = std::move(waiting_.front().frame);
  taken.number = waiting_.front().number;
  bytes_ -= taken.frame.bytes.size();
  waiting_.pop_front();
  room_.notify_one();
  return taken;
}

PushedSource::PushedSource(std::shared_ptr<PushedFrames> frames, const MediaLimits& limits)
    : frames_(std::move(frames)), limits_(limits) {}

Result<bool> PushedSource::advance(Watch& watch) {
  constexpr std::chrono::milliseconds kLook{50};
  while (true) {
    if (watch.interrupted()) return interrupted_error();
    const auto taken = frames_->take(kLook);
    if (!taken) continue;
    tell_dropped(watch);
    over_ = taken->over;
    if (taken->end) return false;
    if (over_ || decode(*taken, watch)) return true;
  }
}

bool PushedSource::decode(const PushedFrames::Taken& taken, Watch& watch) {
  auto image = decode_image(taken.frame.bytes, frames_->name(), limits_);
  if (!image) {
    frames_->count_broken();
    if (!told_broken_)
      watch.warn(printable_source(frames_->name()) + ": picture " + with_commas(taken.number + 1) +
                 " is left out: " + image.error().what + "; more such are counted, not told");
    told_broken_ = true;
    return false;
  }
  if (first_ < 0) {
    first_ = taken.frame.seconds;
    width_ = image->width;
    height_ = image->height;
  }
  const bool other_size = image->width != width_ || image->height != height_;
  image_ = other_size ? resize(*image, width_, height_) : *std::move(image);
  number_ = taken.number;
  seconds_ = std::max(0.0, taken.frame.seconds - first_);
  return true;
}

void PushedSource::tell_dropped(Watch& watch) {
  if (told_dropped_ || frames_->counts().dropped == 0) return;
  told_dropped_ = true;
  watch.warn(printable_source(frames_->name()) +
             ": pictures come faster than the net looks at them; the oldest that wait are left out and "
             "counted: send fewer, or watch fewer sources here");
}

}  // namespace dew
