// A file that is read in pieces.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

#include "base/base.h"

namespace dew::media {

/// Reads pieces of a file at any place.
class File {
 public:
  explicit File(const fs::path& path) : stream_(path, std::ios::binary) {
    stream_.seekg(0, std::ios::end);
    size_ = stream_ ? static_cast<int64_t>(stream_.tellg()) : 0;
  }
  [[nodiscard]] int64_t size() const { return size_; }
  /// Up to `count` bytes at `at`; fewer at the end of the file.
  std::string read(int64_t at, size_t count) {
    std::string bytes(count, '\0');
    stream_.clear();
    stream_.seekg(at);
    stream_.read(bytes.data(), static_cast<std::streamsize>(count));
    bytes.resize(static_cast<size_t>(stream_.gcount()));
    return bytes;
  }

 private:
  std::ifstream stream_;
  int64_t size_ = 0;
};

}  // namespace dew::media
