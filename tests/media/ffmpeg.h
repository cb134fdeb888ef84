// Videos made by the ffmpeg program, with the number of each frame painted into it, and ffmpeg's own frames.
#pragma once

#include <algorithm>
#include <chrono>
#include <fstream>

#include "tests/media/samples.h"

namespace dew::testing {

constexpr int kBits = 8;
constexpr int kBlock = 16;

inline size_t offset(const Image& image, int x, int y) {
  return (static_cast<size_t>(y) * static_cast<size_t>(image.width) + static_cast<size_t>(x)) * 3;
}

/// Smooth colours that move, and in the top row of blocks the number's bits, black and white.
inline Image numbered_frame(int number, int width, int height) {
  Image image{width, height, std::vector<uint8_t>(size_t{3} * static_cast<size_t>(width * height))};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      uint8_t* pixel = image.rgb.data() + offset(image, x, y);
      const int bit = x / kBlock;
      if (y < kBlock && bit < kBits) {
        std::fill_n(pixel, 3, static_cast<uint8_t>((number >> bit & 1) != 0 ? 235 : 20));
      } else {
        pixel[0] = static_cast<uint8_t>(40 + 170 * x / width);
        pixel[1] = static_cast<uint8_t>(40 + 170 * y / height);
        pixel[2] = static_cast<uint8_t>(60 + (number * 5) % 120);
      }
    }
  return image;
}

inline int painted_number(const Image& image) {
  int number = 0;
  for (int bit = 0; bit < kBits; ++bit)
    if (image.rgb[offset(image, bit * kBlock + kBlock / 2, kBlock / 2)] > 127) number |= 1 << bit;
  return number;
}

inline Result<ProcessResult> run_ffmpeg(const std::vector<std::string>& arguments) {
  std::vector<std::string> argv{"ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return run_process(argv, std::chrono::minutes(1), Watch());
}

inline bool has_ffmpeg() {
  return find_program("ffmpeg").has_value();
}

inline bool has_encoder(const std::string& name) {
  static const std::string all = [] {
    const auto result = run_ffmpeg({"-encoders"});
    return result ? result->output : std::string();
  }();
  return all.find(" " + name + " ") != std::string::npos;
}

/// Fails the test where ffmpeg does.
inline void ffmpeg(const std::vector<std::string>& arguments) {
  const auto result = run_ffmpeg(arguments);
  ASSERT_TRUE(result) << told(result);
  ASSERT_EQ(result->status, 0) << join(arguments, " ") << "\n" << result->errors;
}

/// `frames` numbered frames as a raw file, which is the input of every encoding.
inline std::vector<std::string> raw_input(const fs::path& folder, int frames, int width, int height) {
  const fs::path path = folder / "numbered.rgb";
  std::ofstream file(path, std::ios::binary);
  for (int number = 0; number < frames; ++number) {
    const Image image = numbered_frame(number, width, height);
    file.write(reinterpret_cast<const char*>(image.rgb.data()),
               static_cast<std::streamsize>(image.rgb.size()));
  }
  return {
      "-f", "rawvideo", "-pix_fmt", "rgb24",      "-s", std::to_string(width) + "x" + std::to_string(height),
      "-r", "20",       "-i",       path.string()};
}

/// All frames as the ffmpeg program decodes them.
inline std::vector<Image> frames_by_ffmpeg(const fs::path& path, const fs::path& folder, int width,
                                           int height) {
  const fs::path raw = folder / "decoded.rgb";
  ffmpeg({"-i", path.string(), "-vsync", "0", "-f", "rawvideo", "-pix_fmt", "rgb24", raw.string()});
  const auto bytes = read_file(raw);
  std::vector<Image> frames;
  if (!bytes) return frames;
  const size_t size = size_t{3} * static_cast<size_t>(width * height);
  EXPECT_EQ(bytes->size() % size, 0U) << "another size of frame than " << width << " x " << height;
  for (size_t at = 0; at + size <= bytes->size(); at += size)
    frames.push_back(
        {width,
         height,
         {bytes->begin() + static_cast<ptrdiff_t>(at), bytes->begin() + static_cast<ptrdiff_t>(at + size)}});
  return frames;
}

/// All frames as we decode them.
inline std::vector<Image> frames_by_us(const fs::path& path) {
  Watch watch;
  std::vector<Image> frames;
  auto source = FrameSource::open(path.string(), {}, watch);
  EXPECT_TRUE(source) << told(source);
  while (source) {
    const auto more = source->advance(watch);
    EXPECT_TRUE(more) << told(more);
    if (!more || !*more) break;
    EXPECT_EQ(source->number(), static_cast<int64_t>(frames.size()));
    const auto image = source->image();
    EXPECT_TRUE(image) << told(image);
    if (!image) break;
    frames.push_back(*image);
  }
  return frames;
}

/// How far apart two pictures of one size are, in steps of 255.
struct Difference {
  double mean = 0;
  int percentile_95 = 0;
};

inline Difference difference(const Image& a, const Image& b) {
  if (a.width != b.width || a.height != b.height) return {255, 255};
  std::vector<int> steps(a.rgb.size());
  double sum = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    steps[i] = std::abs(int{a.rgb[i]} - int{b.rgb[i]});
    sum += steps[i];
  }
  const auto at = steps.begin() + static_cast<ptrdiff_t>(steps.size() * 95 / 100);
  std::nth_element(steps.begin(), at, steps.end());
  return {sum / static_cast<double>(steps.size()), *at};
}

}  // namespace dew::testing
