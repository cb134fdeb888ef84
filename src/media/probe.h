// What a file's first bytes say: which format, how many pixels, whether its end is there. Nothing is decoded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/base.h"

namespace dew::media {

enum class ImageFormat { kJpeg, kPng, kBmp, kWebp, kPnm };

/// Height and width as the header has them, before any EXIF rotation.
struct ImageHeader {
  ImageFormat format = ImageFormat::kJpeg;
  int64_t width = 0;
  int64_t height = 0;
  bool complete = true;  ///< false where the format marks its end and the mark is missing
};

/// Error: no image format we read, or a header that is cut off. Says what the bytes look like instead.
Result<ImageHeader> probe_image(std::string_view bytes, const std::string& name);

enum class Container { kAvi, kIsoMedia, kMatroska, kOther };

struct VideoHeader {
  Container container = Container::kOther;
  int64_t missing_bytes = 0;  ///< how far the container's own sizes reach past the end of the file
};

/// Walks the outermost boxes of the file: a few reads, whatever its size. Error: no video container.
Result<VideoHeader> probe_video(const fs::path& path);

/// Frames of an AVI that are there with length 0: a recorder's way to say "the same again", which players
/// count and decoders skip. Reads every chunk's header.
int64_t repeated_frames_of_avi(const fs::path& path);

/// "text", "a GIF picture", ... : what bytes that we cannot read look like.
std::string looks_like(std::string_view bytes);

}  // namespace dew::media
