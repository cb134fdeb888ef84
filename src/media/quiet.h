// Keeps the decoders' own words off the terminal.
#pragma once

#include <string>

namespace dew::media {

/// While one lives, what this thread's decoders print to C's stderr or std::cerr is collected instead of
/// shown (libpng prints there and cannot be told not to), and FFmpeg's log as well. Other threads' words and
/// the file descriptor are untouched. OpenCV's log is turned off, once.
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
