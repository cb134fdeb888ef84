// What is checked of a media file before any decoder sees it.
#pragma once

#include "base/base.h"
#include "media/media.h"

namespace dew::media {

/// Error: missing, a folder, a pipe or device, empty (zero bytes), not allowed to be read.
Result<void> check_regular_file(const fs::path& path);

/// Error: more than the limit, told with both numbers.
Result<void> check_pixels(int64_t width, int64_t height, const MediaLimits& limits, const std::string& name);

}  // namespace dew::media
