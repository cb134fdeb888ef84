#include "cascade/key_pictures.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace dew::cascade {
namespace {

constexpr size_t kMostSlots = 16;
constexpr double kBetweenLookBacks = 0.25;  ///< seconds

Image scaled_down(const Image& picture, int longest_side) {
  const int longest = std::max(picture.width, picture.height);
  if (longest <= longest_side) return picture;
  const auto scaled = [&](int side) {
    return std::max(1, static_cast<int>(int64_t{side} * longest_side / longest));
  };
  return resize(picture, scaled(picture.width), scaled(picture.height));
}

/// Of two pictures of the same moment: the surer one; the sharper one where the net is about as sure.
bool is_better(const Candidate& a, const Candidate& b) {
  constexpr double kAbout = 0.1;
  if (std::abs(a.score - b.score) > kAbout) return a.score > b.score;
  return a.sharpness > b.sharpness;
}

}  // namespace

double sharpness(const Image& picture) {
  if (picture.empty()) return 0;
  const cv::Mat view(picture.height, picture.width, CV_8UC3, const_cast<uint8_t*>(picture.rgb.data()));
  cv::Mat grey;
  cv::Mat edges;
  cv::cvtColor(view, grey, cv::COLOR_RGB2GRAY);
  cv::Laplacian(grey, edges, CV_16S);
  cv::Scalar mean;
  cv::Scalar deviation;
  cv::meanStdDev(edges, mean, deviation);
  return deviation[0] * deviation[0];
}

void LookBack::add(const Image& picture, int64_t frame, double seconds) {
  if (settings_.before <= 0 || picture.empty()) return;
  if (!kept_.empty() && seconds - kept_.back().seconds < kBetweenLookBacks) return;
  kept_.push_back({scaled_down(picture, settings_.longest_side), frame, seconds, 0, 0, {}, false});
  while (seconds - kept_.front().seconds > settings_.before + kBetweenLookBacks) kept_.pop_front();
}

std::optional<Candidate> LookBack::before(double seconds) const {
  if (kept_.empty() || kept_.front().seconds >= seconds) return std::nullopt;
  return kept_.front();
}

/// Takes candidates in the order of their importance, and none twice.
class KeyPictures::Choice {
 public:
  explicit Choice(const KeySettings& settings)
      : settings_(settings),
        frames_(settings.crop == Crop::kBoth ? std::max(1, settings.pictures / 2) : settings.pictures) {}

  void take(const std::optional<Kept>& one, const char* why) {
    if (one) take(*one, why);
  }
  void take(const Kept& one, const char* why) {
    if (full()) return;
    const uint64_t hash = difference_hash(one.whole.picture);
    const bool known = std::any_of(chosen_.begin(), chosen_.end(),
                                   [&](const Kept& other) { return other.whole.frame == one.whole.frame; }) ||
                       std::any_of(hashes_.begin(), hashes_.end(), [&](uint64_t other) {
                         return hash_distance(hash, other) <= settings_.alike_bits;
                       });
    if (known) return;
    hashes_.push_back(hash);
    chosen_.push_back(one);
    chosen_.back().whole.why = why;
  }
  [[nodiscard]] bool full() const { return std::ssize(chosen_) >= frames_; }
  [[nodiscard]] size_t room() const { return static_cast<size_t>(frames_) - chosen_.size(); }

  std::vector<Candidate> in_order() {
    std::sort(chosen_.begin(), chosen_.end(),
              [](const Kept& a, const Kept& b) { return a.whole.frame < b.whole.frame; });
    std::vector<Candidate> pictures;
    for (Kept& one : chosen_) {
      if (one.part.empty() || settings_.crop != Crop::kOnly) pictures.push_back(one.whole);
      if (one.part.empty()) continue;
      one.whole.picture = std::move(one.part);
      one.whole.cropped = true;
      pictures.push_back(std::move(one.whole));
    }
    return pictures;
  }

 private:
  const KeySettings& settings_;
  const int frames_;  ///< that are chosen, at most
  std::vector<Kept> chosen_;
  std::vector<uint64_t> hashes_;
};

KeyPictures::KeyPictures(const KeySettings& settings, std::optional<Candidate> before) : settings_(settings) {
  if (before) before_ = Kept{*std::move(before), {}};
}

void KeyPictures::add(const Image& picture, int64_t frame, double seconds, double score,
                      const std::optional<Rect>& look) {
  // Ten a second tell as much as fifty, unless the net has never been as sure.
  constexpr double kBetween = 0.1;
  if (picture.empty()) return;
  if (first_ && seconds - last_ < kBetween && score <= surest_->whole.score) return;
  last_ = seconds;
  const Image small = scaled_down(picture, settings_.longest_side);
  Kept one{{small, frame, seconds, score, sharpness(small), {}, false}, {}};
  if (look && settings_.crop != Crop::kOff)
    one.part = scaled_down(crop(picture, *look), settings_.longest_side);
  if (!first_) first_ = one;
  if (!surest_ || score > surest_->whole.score) surest_ = one;
  if (!sharpest_ || one.whole.sharpness > sharpest_->whole.sharpness) sharpest_ = one;
  add_to_slot(one);
}

void KeyPictures::add_to_slot(const Kept& one) {
  const auto slot_of = [&](double seconds) {
    return static_cast<size_t>(std::max(0.0, (seconds - first_->whole.seconds) / slot_seconds_));
  };
  while (slot_of(one.whole.seconds) >= kMostSlots) widen_slots();
  const size_t slot = slot_of(one.whole.seconds);
  if (slots_.size() <= slot) slots_.resize(slot + 1);
  if (!slots_[slot] || is_better(one.whole, slots_[slot]->whole)) slots_[slot] = one;
}

void KeyPictures::widen_slots() {
  slot_seconds_ *= 2;
  std::vector<std::optional<Kept>> wider((slots_.size() + 1) / 2);
  for (size_t i = 0; i < slots_.size(); ++i) {
    std::optional<Kept>& place = wider[i / 2];
    if (slots_[i] && (!place || is_better(slots_[i]->whole, place->whole))) place = std::move(slots_[i]);
  }
  slots_ = std::move(wider);
}

std::vector<Candidate> KeyPictures::choose() const {
  Choice choice(settings_);
  choice.take(first_, "first");
  choice.take(surest_, "surest");
  choice.take(before_, "before");
  choice.take(sharpest_, "sharpest");
  std::vector<const Kept*> between;
  for (const auto& slot : slots_)
    if (slot) between.push_back(&*slot);
  // Evenly spaced ones first; then, where some were alike, whatever else there is.
  const size_t wanted = choice.room();
  for (size_t i = 1; i <= wanted && !between.empty(); ++i)
    choice.take(*between[i * between.size() / (wanted + 1)], "between");
  for (const Kept* one : between) choice.take(*one, "between");
  return choice.in_order();
}

}  // namespace dew::cascade
