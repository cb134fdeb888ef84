// Which split a picture falls into: decided once per source, never per frame.
#pragma once

#include <cstdint>
#include <string>

#include "store/store.h"

namespace dew::store {

/// Frames before `validation_from` train, those before `test_from` validate, the rest tests. A still
/// picture is one frame, so it goes as a whole.
struct SplitPoints {
  int64_t validation_from = 0;
  int64_t test_from = 0;

  [[nodiscard]] Split of(int64_t frame) const;
};

/// Where a frame counts as standing in a file whose frames have nothing to do with each other, and may be
/// sorted by class: each anywhere, always the same.
int64_t scattered(int64_t frame, int64_t frames);

/// All frames in one split.
SplitPoints whole_split(Split split);

/// A video's last `test_share` is test, and of the rest the last `validation_share` validation. A still
/// picture is drawn by its SHA-256, so that the same file always falls the same way, whatever else is added.
SplitPoints draw_split(const MediaInfo& info, const std::string& sha256, double test_share,
                       double validation_share);

/// What a still picture is drawn by: the first 64 bits of its SHA-256.
uint64_t lot_of(const std::string& sha256);
SplitPoints draw_still(uint64_t lot, double test_share, double validation_share);

/// The frames of a video, or pictures that stand in an order like them.
SplitPoints split_in_order(int64_t frames, double test_share, double validation_share);

}  // namespace dew::store
