// Files before decoding: their kind by extension, and the errors that have nothing to do with pictures.
#include "media/files.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <system_error>

namespace dew {
namespace {

constexpr std::array kImageExtensions{".jpg",  ".jpeg", ".jpe", ".png", ".bmp",
                                      ".webp", ".ppm",  ".pgm", ".pbm", ".pnm"};
constexpr std::array kVideoExtensions{".avi",  ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".mpg",
                                      ".mpeg", ".ts",  ".3gp", ".ogv", ".wmv", ".flv"};

}  // namespace

std::optional<MediaKind> media_kind(const fs::path& path) {
  const std::string extension = lower(path.extension().string());
  const auto among = [&](const auto& list) {
    return std::find(list.begin(), list.end(), extension) != list.end();
  };
  if (among(kImageExtensions)) return MediaKind::kImage;
  if (among(kVideoExtensions)) return MediaKind::kVideo;
  return std::nullopt;
}

Result<void> check_media_file(const fs::path& path) {
  DEW_CHECK(media::check_regular_file(path));
  if (media_kind(path)) return {};
  return work_error(
      "a file with the extension '" + printable(path.extension().string()) + "' is not read", path.string(),
      "give a JPEG, PNG, BMP, WebP or PPM picture, or an AVI, MP4, MOV, MKV, WebM or MPEG video");
}

namespace media {

Result<void> check_regular_file(const fs::path& path) {
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  if (status.type() == fs::file_type::not_found)
    return work_error("there is no such file", path.string(), "check the path");
  if (code)
    return work_error("cannot look at the file: " + code.message(), path.string(),
                      "check who may read there");
  if (fs::is_directory(status))
    return work_error("this is a folder, not a file", path.string(), "give a picture or a video");
  if (!fs::is_regular_file(status))
    return work_error("this is a device or a pipe, not a file", path.string(), "give a picture or a video");
  if (::access(path.c_str(), R_OK) != 0)
    return work_error("the file may not be read", path.string(), "check who may read it");
  if (fs::file_size(path, code) == 0 && !code)
    return work_error("the file is empty (0 bytes)", path.string(), "get it again from where it came");
  return {};
}

Result<void> check_pixels(int64_t width, int64_t height, const MediaLimits& limits, const std::string& name) {
  // Sides of an honest picture stay far below 2^31; more is refused before it can overflow anything.
  constexpr int64_t kMostSide = 1'000'000;
  if (width <= kMostSide && height <= kMostSide && width * height <= limits.max_pixels) return {};
  return work_error("the picture has " + with_commas(width) + " x " + with_commas(height) +
                        " pixels by its header, more than the limit of " + with_commas(limits.max_pixels),
                    name, "make it smaller first");
}

}  // namespace media
}  // namespace dew
