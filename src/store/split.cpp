// The split rule.
#include "store/split.h"

#include <cmath>
#include <limits>

namespace dew::store {
namespace {

/// Uniform in [0, 1): the first 52 bits.
double fraction_of(uint64_t lot) {
  constexpr int kBits = 52;
  return std::ldexp(static_cast<double>(lot >> (64 - kBits)), -kBits);
}

}  // namespace

SplitPoints whole_split(Split split) {
  constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
  switch (split) {
    case Split::kTrain:
      return {kNever, kNever};
    case Split::kValidation:
      return {0, kNever};
    case Split::kTest:
      return {0, 0};
  }
  return {};
}

Split SplitPoints::of(int64_t frame) const {
  if (frame >= test_from) return Split::kTest;
  return frame >= validation_from ? Split::kValidation : Split::kTrain;
}

int64_t scattered(int64_t frame, int64_t frames) {
  // SplitMix64's mixing of the frame's number, as a share of the whole.
  auto lot = static_cast<uint64_t>(frame + 1) * 0x9E3779B97F4A7C15U;
  lot = (lot ^ (lot >> 30)) * 0xBF58476D1CE4E5B9U;
  lot = (lot ^ (lot >> 27)) * 0x94D049BB133111EBU;
  return static_cast<int64_t>(fraction_of(lot ^ (lot >> 31)) * static_cast<double>(frames));
}

SplitPoints draw_split(const MediaInfo& info, const std::string& sha256, double test_share,
                       double validation_share) {
  if (info.kind == MediaKind::kImage) return draw_still(lot_of(sha256), test_share, validation_share);
  return split_in_order(info.frames, test_share, validation_share);
}

uint64_t lot_of(const std::string& sha256) {
  constexpr size_t kDigits = 16;
  return std::stoull(sha256.substr(0, kDigits), nullptr, 16);
}

SplitPoints draw_still(uint64_t lot, double test_share, double validation_share) {
  const double drawn = fraction_of(lot);
  if (drawn < test_share) return whole_split(Split::kTest);
  const bool validates = drawn < test_share + (1 - test_share) * validation_share;
  return whole_split(validates ? Split::kValidation : Split::kTrain);
}

SplitPoints split_in_order(int64_t frames, double test_share, double validation_share) {
  const auto before_the_last = [](int64_t count, double share) {
    return count - std::llround(static_cast<double>(count) * share);
  };
  const int64_t test_from = before_the_last(frames, test_share);
  return {before_the_last(test_from, validation_share), test_from};
}

}  // namespace dew::store

namespace dew {

std::string_view split_name(Split split) {
  switch (split) {
    case Split::kTrain:
      return "train";
    case Split::kValidation:
      return "validation";
    case Split::kTest:
      return "test";
  }
  return "";
}

}  // namespace dew
