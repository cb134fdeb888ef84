// What is checked of a media file before any decoder sees it.
#pragma once

#include <string>

#include "base/base.h"
#include "media/image.h"

namespace dew::media {

/// Error: missing, a folder, a pipe or device, empty (zero bytes), not allowed to be read.
Result<void> check_regular_file(const fs::path& path);

/// The first bytes of the file, as many as recognise() looks at. Error: check_regular_file's.
Result<std::string> read_head(const fs::path& path);

/// Error: more than the limit, told with both numbers.
Result<void> check_pixels(int64_t width, int64_t height, const MediaLimits& limits, const std::string& name);

/// A file's name as it may go to a terminal: control characters are written out.
std::string shown(const fs::path& path);

}  // namespace dew::media
