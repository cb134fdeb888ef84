#include "cascade/unsure_frames.h"

#include <algorithm>

namespace dew::cascade {

bool wavers(const Rule& rule, uint8_t score) {
  return score >= score_step(rule.off) && score < score_step(rule.on);
}

bool UnsureFrames::take(const Image& picture, double seconds, const std::vector<uint8_t>& scores) {
  constexpr double kBetween = 30;  // seconds
  constexpr int kAlikeBits = 6;    // of a difference hash
  constexpr size_t kRemembered = 64;
  bool unsure = false;
  for (size_t i = 0; i < rules_.size(); ++i) unsure = unsure || wavers(rules_[i], scores[i]);
  if (!unsure || (last_ && seconds - *last_ < kBetween)) return false;
  const uint64_t hash = difference_hash(picture);
  if (std::any_of(hashes_.begin(), hashes_.end(),
                  [&](uint64_t one) { return hash_distance(one, hash) <= kAlikeBits; }))
    return false;
  last_ = seconds;
  hashes_.push_back(hash);
  if (hashes_.size() > kRemembered) hashes_.pop_front();
  return true;
}

}  // namespace dew::cascade
