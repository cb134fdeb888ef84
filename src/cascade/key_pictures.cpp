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

/// Takes candidates in the order of their importance, and none twice.
class Choice {
 public:
  explicit Choice(const KeySettings& settings) : settings_(settings) {}

  void take(const std::optional<Candidate>& one, const char* why) {
    if (one) take(*one, why);
  }
  void take(const Candidate& one, const char* why) {
    if (full()) return;
    const uint64_t hash = difference_hash(one.picture);
    const bool known = std::any_of(chosen_.begin(), chosen_.end(),
                                   [&](const Candidate& other) { return other.frame == one.frame; }) ||
                       std::any_of(hashes_.begin(), hashes_.end(), [&](uint64_t other) {
                         return hash_distance(hash, other) <= settings_.alike_bits;
                       });
    if (known) return;
    hashes_.push_back(hash);
    chosen_.push_back(one);
    chosen_.back().why = why;
  }
  [[nodiscard]] bool full() const { return chosen_.size() >= static_cast<size_t>(settings_.pictures); }
  [[nodiscard]] size_t room() const { return static_cast<size_t>(settings_.pictures) - chosen_.size(); }

  std::vector<Candidate> in_order() {
    std::sort(chosen_.begin(), chosen_.end(),
              [](const Candidate& a, const Candidate& b) { return a.frame < b.frame; });
    return std::move(chosen_);
  }

 private:
  const KeySettings& settings_;
  std::vector<Candidate> chosen_;
  std::vector<uint64_t> hashes_;
};

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
  if (settings_.before <= 0) return;
  if (!kept_.empty() && seconds - kept_.back().seconds < kBetweenLookBacks) return;
  kept_.push_back({scaled_down(picture, settings_.longest_side), frame, seconds, 0, 0, {}});
  while (seconds - kept_.front().seconds > settings_.before + kBetweenLookBacks) kept_.pop_front();
}

std::optional<Candidate> LookBack::before(double seconds) const {
  if (kept_.empty() || kept_.front().seconds >= seconds) return std::nullopt;
  return kept_.front();
}

void KeyPictures::add(const Image& picture, int64_t frame, double seconds, double score) {
  // Ten a second tell as much as fifty, unless the net has never been as sure.
  constexpr double kBetween = 0.1;
  if (first_ && seconds - last_ < kBetween && score <= surest_->score) return;
  last_ = seconds;
  const Image small = scaled_down(picture, settings_.longest_side);
  Candidate one{small, frame, seconds, score, sharpness(small), {}};
  if (!first_) first_ = one;
  if (!surest_ || one.score > surest_->score) surest_ = one;
  if (!sharpest_ || one.sharpness > sharpest_->sharpness) sharpest_ = one;
  add_to_slot(one);
}

void KeyPictures::add_to_slot(const Candidate& one) {
  const auto slot_of = [&](double seconds) {
    return static_cast<size_t>(std::max(0.0, (seconds - first_->seconds) / slot_seconds_));
  };
  while (slot_of(one.seconds) >= kMostSlots) widen_slots();
  const size_t slot = slot_of(one.seconds);
  if (slots_.size() <= slot) slots_.resize(slot + 1);
  if (!slots_[slot] || is_better(one, *slots_[slot])) slots_[slot] = one;
}

void KeyPictures::widen_slots() {
  slot_seconds_ *= 2;
  std::vector<std::optional<Candidate>> wider((slots_.size() + 1) / 2);
  for (size_t i = 0; i < slots_.size(); ++i) {
    std::optional<Candidate>& place = wider[i / 2];
    if (slots_[i] && (!place || is_better(*slots_[i], *place))) place = std::move(slots_[i]);
  }
  slots_ = std::move(wider);
}

std::vector<Candidate> KeyPictures::choose() const {
  Choice choice(settings_);
  choice.take(first_, "first");
  choice.take(surest_, "surest");
  choice.take(before_, "before");
  choice.take(sharpest_, "sharpest");
  std::vector<const Candidate*> between;
  for (const auto& slot : slots_)
    if (slot) between.push_back(&*slot);
  // Evenly spaced ones first; then, where some were alike, whatever else there is.
  const size_t wanted = choice.room();
  for (size_t i = 1; i <= wanted && !between.empty(); ++i)
    choice.take(*between[i * between.size() / (wanted + 1)], "between");
  for (const Candidate* one : between) choice.take(*one, "between");
  return choice.in_order();
}

}  // namespace dew::cascade
