// What a file is and whether it is whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"
#include "media/hash.h"
#include "media/image.h"

namespace dew {

enum class MediaKind { kImage, kVideo };

/// What tells whether still pictures belong together.
struct Look {
  DetailedHash hash;
  std::optional<int64_t> taken;  ///< by the camera's clock, in milliseconds, from EXIF's DateTimeOriginal
  std::string camera;            ///< make and model as EXIF has them; may be empty
};

struct MediaInfo {
  MediaKind kind = MediaKind::kImage;
  int width = 0;
  int height = 0;
  int64_t frames = 1;                       ///< that really decode
  double frames_per_second = 0;             ///< 0 for images, and where the file does not say
  bool transparent = false;                 ///< an image with see-through pixels, which were put on white
  std::optional<Look> look = std::nullopt;  ///< of an image; only inspecting it finds this out
};

/// By the file's extension alone, without opening it.
std::optional<MediaKind> media_kind(const fs::path& path);

/// By the file's first bytes, whatever its name: GIF, WebP and PNG files with more than one frame are videos.
/// Error: missing, a folder, a device, empty (zero bytes), not readable, or not a format that is read (the
/// error says what it looks like).
Result<MediaKind> detect_media_kind(const fs::path& path);

/// The extensions by which programs know the format of a still picture (".jpg", ".jpeg" ...), the usual one
/// first, by the file's first bytes. Error: detect_media_kind's, or a video.
Result<std::vector<std::string>> picture_extensions(const fs::path& path);

/// detect_media_kind where only the error matters.
Result<void> check_media_file(const fs::path& path);

/// Opens the file and reads it to its end: what comes back has been decoded once. Errors name the file:
/// detect_media_kind's, larger than the limits, damaged, holding sound only, or truncated (a video that ends
/// before the number of frames its header promises).
Result<MediaInfo> inspect_media(const fs::path& path, const MediaLimits& limits, Watch& watch);

/// inspect_media of a still picture whose file is in memory. A JPEG is read to its end, but not all of its
/// pixels are computed. `name` goes into errors.
Result<MediaInfo> inspect_picture(std::string_view bytes, const std::string& name, const MediaLimits& limits);

}  // namespace dew
