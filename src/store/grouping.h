// Pictures that belong together go into one split, so that a net is never tested on the likeness of what it
// learned from: series (frames of one video), bursts (photos of one moment, files of one shot), look-alikes.
#pragma once

#include <vector>

#include "store/series.h"

namespace dew::store {

/// Fewer pictures than that are one group; a longer series is split as a video is.
constexpr size_t kShortestSeries = 8;

struct Grouping {
  std::vector<Split> splits;  ///< of `all`, in their order
  Grouped grouped;            ///< of those that had no split
};

/// Draws the splits of the pictures that have none, in `all`, which is ordered by source.
Grouping group(const std::vector<Gathered>& all, double test_share, double validation_share);

}  // namespace dew::store
