// How a sample is named: a W3C media fragment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/base.h"
#include "media/geometry.h"

namespace dew {

/// Where a picture comes from: `vtest.avi#frame=15&xywh=192,0,192,192`.
/// No frame: the source is a still image. No region: the whole picture.
struct Fragment {
  std::string source;
  std::optional<int64_t> frame;
  std::optional<Rect> region;

  [[nodiscard]] std::string str() const;
  /// Error (usage): an unknown key, something that is not a number, a negative or empty region.
  static Result<Fragment> parse(std::string_view text);
  bool operator==(const Fragment&) const = default;
};

}  // namespace dew
