// Pictures, headers and videos for the media tests, made on the spot.
#pragma once

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>
#include <random>
#include <string>

#include "media/media.h"

namespace dew::testing {

inline const fs::path kVtest = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";
inline const fs::path kShared = fs::path(DEWDROP_SOURCE_DIR) / ".." / "shared";

inline Image noise(int width, int height, unsigned seed = 1) {
  std::mt19937 random(seed);
  Image image{width, height, std::vector<uint8_t>(size_t{3} * static_cast<size_t>(width * height))};
  for (uint8_t& value : image.rgb) value = static_cast<uint8_t>(random());
  return image;
}

inline Image plain(int width, int height, uint8_t red, uint8_t green, uint8_t blue) {
  Image image{width, height, {}};
  for (int i = 0; i < width * height; ++i) image.rgb.insert(image.rgb.end(), {red, green, blue});
  return image;
}

inline std::string big_endian(uint32_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xFF);
  return text;
}

inline std::string little_endian(uint32_t value, int bytes) {
  std::string text = big_endian(value, bytes);
  return {text.rbegin(), text.rend()};
}

/// A video of at most 40 grey frames: frame k has the value 5 + 6k, so that a decoded frame tells its number.
inline void write_video(const fs::path& path, int frames, const char* codec = "MJPG", int width = 64,
                        int height = 48) {
  cv::VideoWriter writer(path.string(), cv::VideoWriter::fourcc(codec[0], codec[1], codec[2], codec[3]), 10,
                         cv::Size(width, height));
  ASSERT_TRUE(writer.isOpened()) << path;
  for (int k = 0; k < frames; ++k) writer.write(cv::Mat(height, width, CV_8UC3, cv::Scalar::all(5 + 6 * k)));
}

inline int frame_number_in(const Image& image) {
  return static_cast<int>((image.rgb[0] - 5 + 3) / 6);
}

inline Result<MediaInfo> inspect(const fs::path& path) {
  Watch watch;
  return inspect_media(path, {}, watch);
}

inline void cut_copy(const fs::path& from, const fs::path& to, double share) {
  const auto bytes = read_file(from);
  ASSERT_TRUE(bytes);
  ASSERT_TRUE(
      write_file(to, bytes->substr(0, static_cast<size_t>(share * static_cast<double>(bytes->size())))));
}

/// Asks for the way out from the n-th question on.
class Impatient : public Watch {
 public:
  explicit Impatient(int patience) : patience_(patience) {}
  [[nodiscard]] bool interrupted() const override { return patience_-- <= 0; }

 private:
  mutable int patience_;
};

/// "what | where | next" of an error, or "fine".
template <typename T>
std::string told(const Result<T>& result) {
  return result ? "fine" : result.error().what + " | " + result.error().where + " | " + result.error().next;
}

}  // namespace dew::testing
