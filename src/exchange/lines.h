// The lines of a text file.
#pragma once

#include <fstream>
#include <string>

#include "base/base.h"

namespace dew::exchange {

/// Lines of a file, one in memory at a time.
class Lines {
 public:
  explicit Lines(const fs::path& file) : stream_(file, std::ios::binary) {}
  /// False: there is none left, or `too_long()`.
  bool next(std::string& line) {
    constexpr size_t kLongest = size_t{16} << 20;
    line.clear();
    for (int c = stream_.rdbuf()->sbumpc(); c != std::char_traits<char>::eof();
         c = stream_.rdbuf()->sbumpc()) {
      if (c == '\n') return true;
      line += static_cast<char>(c);
      if (line.size() > kLongest) return !(too_long_ = true);
    }
    return !line.empty();
  }
  [[nodiscard]] bool too_long() const { return too_long_; }  ///< more than 16 MiB
  [[nodiscard]] bool readable() const { return stream_.is_open(); }

 private:
  std::ifstream stream_;
  bool too_long_ = false;
};

}  // namespace dew::exchange
