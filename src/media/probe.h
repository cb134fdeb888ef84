// Sizes by hand, before any decoder sees the bytes. Nothing is decoded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/base.h"
#include "media/format.h"

namespace dew::media {

/// Width and height as the header has them, before any rotation.
struct ImageHeader {
  int64_t width = 0;
  int64_t height = 0;
  bool complete = true;      ///< false where the format marks its end and the mark is missing
  bool transparent = false;  ///< PNG: pixels may be see-through
};

/// For PNG, BMP, PNM, GIF and JPEG 2000; the decoders of the other formats tell the size themselves before
/// they decode. Error: a header that is cut off or damaged.
Result<ImageHeader> probe_image(Format format, std::string_view bytes, const std::string& name);

/// True where a GIF, WebP or PNG file holds more than one frame. Reads the file's outline only.
bool is_animated(Format format, const fs::path& path);

struct VideoHeader {
  Format format = Format::kAvi;
  int64_t missing_bytes = 0;  ///< how far the container's own sizes reach past the end of the file, at least
};

/// Walks the outermost boxes of the file: a few reads, whatever its size. Error: not a video that is read.
Result<VideoHeader> probe_video(const fs::path& path);

/// Frames of an AVI that are there with length 0: a recorder's way to say "the same again", which players
/// count and decoders skip. Reads every chunk's header.
int64_t repeated_frames_of_avi(const fs::path& path);

}  // namespace dew::media
