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

inline const fs::path kCases = fs::path(DEWDROP_SOURCE_DIR) / "tests" / "media" / "cases";

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

/// The four quarters of a picture by the colour in the middle of each: r, g, b, w (white) or ? for others.
/// The order is top left, top right, bottom left, bottom right.
inline std::string quarters(const Image& image) {
  std::string letters;
  for (const int y : {image.height / 4, image.height * 3 / 4})
    for (const int x : {image.width / 4, image.width * 3 / 4}) {
      const uint8_t* const pixel = image.rgb.data() + static_cast<ptrdiff_t>((y * image.width + x) * 3);
      const auto is = [&](int red, int green, int blue) {
        return std::abs(pixel[0] - red) <= 8 && std::abs(pixel[1] - green) <= 8 &&
               std::abs(pixel[2] - blue) <= 8;
      };
      letters += is(255, 0, 0)       ? 'r'
                 : is(0, 255, 0)     ? 'g'
                 : is(0, 0, 255)     ? 'b'
                 : is(255, 255, 255) ? 'w'
                                     : '?';
    }
  return letters;
}

/// Red, green, blue and white in its quarters.
inline Image four_quarters(int width, int height) {
  Image image = plain(width, height, 255, 255, 255);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      if (x * 2 >= width && y * 2 >= height) continue;
      const int kept = y * 2 >= height ? 2 : x * 2 >= width ? 1 : 0;
      for (int c = 0; c < 3; ++c)
        if (c != kept) image.rgb[static_cast<size_t>((y * width + x) * 3 + c)] = 0;
    }
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
