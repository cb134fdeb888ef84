// Keeps the decoders' own words off the terminal.
#pragma once

#include <string>

namespace dew::media {

/// While one lives, what this thread's decoders print to C's stderr or std::cerr is collected instead of
/// shown (OpenCV, libpng and libjpeg print there and cannot be told not to). Other threads' words and the
/// file descriptor are untouched. Also sets OpenCV's and FFmpeg's log levels, once.
class Quiet {
 public:
  Quiet();
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet();
  /// What the decoder said, on one line; empty where it said nothing.
  [[nodiscard]] std::string words() const;

 private:
  std::string words_;
  std::string* outer_;
};

}  // namespace dew::media
