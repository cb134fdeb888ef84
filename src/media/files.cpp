// Files before decoding: the errors that have nothing to do with pictures.
#include "media/files.h"

#include <unistd.h>

#include <fstream>
#include <system_error>

#include "media/format.h"

namespace dew::media {

std::string shown(const fs::path& path) {
  constexpr size_t kLongestPath = 4096;
  return printable(path.string(), kLongestPath);
}

Result<void> check_regular_file(const fs::path& path) {
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  const std::string name = shown(path);
  if (status.type() == fs::file_type::not_found)
    return work_error("there is no such file", name, "check the path");
  if (code) return work_error("cannot look at the file: " + code.message(), name, "check who may read there");
  if (fs::is_directory(status))
    return work_error("this is a folder, not a file", name, "give a picture or a video");
  if (!fs::is_regular_file(status))
    return work_error("this is a device or a pipe, not a file", name, "give a picture or a video");
  if (::access(path.c_str(), R_OK) != 0)
    return work_error("the file may not be read", name, "check who may read it");
  if (fs::file_size(path, code) == 0 && !code)
    return work_error("the file is empty (0 bytes)", name, "get it again from where it came");
  return {};
}

Result<std::string> read_head(const fs::path& path) {
  DEW_CHECK(check_regular_file(path));
  std::string head(kHeadBytes, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<size_t>(file.gcount()));
  return head;
}

Result<void> check_pixels(int64_t width, int64_t height, const MediaLimits& limits, const std::string& name) {
  // Sides of an honest picture stay far below 2^31; more is refused before it can overflow anything.
  constexpr int64_t kMostSide = 1'000'000;
  if (width <= kMostSide && height <= kMostSide && width * height <= limits.max_pixels) return {};
  return limit_error(Limit::kPixels,
                     "the picture has " + with_commas(width) + " x " + with_commas(height) +
                         " pixels by its header, more than the limit of " + with_commas(limits.max_pixels),
                     name, "make it smaller first");
}

}  // namespace dew::media
