// shrink() against OpenCV's INTER_AREA, which trained nets have seen: the same bytes.
#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>
#include <random>

#include "media/media.h"

namespace dew {
namespace {

Image noise(int width, int height, uint32_t seed) {
  Image image{width, height,
              std::vector<uint8_t>(size_t{3} * static_cast<size_t>(width) * static_cast<size_t>(height))};
  std::mt19937 random(seed);
  for (uint8_t& value : image.rgb) value = static_cast<uint8_t>(random());
  return image;
}

std::vector<uint8_t> by_opencv(const Image& image, int width, int height) {
  const cv::Mat from(image.height, image.width, CV_8UC3, const_cast<uint8_t*>(image.rgb.data()));
  std::vector<uint8_t> bytes(size_t{3} * static_cast<size_t>(width) * static_cast<size_t>(height));
  cv::Mat to(height, width, CV_8UC3, bytes.data());
  cv::resize(from, to, to.size(), 0, 0, cv::INTER_AREA);
  return bytes;
}

struct Sizes {
  int width, height, to_width, to_height;
};

TEST(Shrink, GivesTheBytesOfInterArea) {
  std::vector<Sizes> all{
      {640, 480, 96, 96}, {768, 432, 96, 96},   {1921, 1083, 224, 224}, {192, 192, 96, 96}, {200, 96, 96, 96},
      {96, 97, 96, 96},   {100, 100, 100, 100}, {5, 1, 3, 1},           {1, 5, 1, 2},       {2, 2, 1, 1},
      {99, 98, 3, 1},     {4000, 30, 96, 7},    {1280, 720, 128, 128},  {101, 3, 100, 2}};
  std::mt19937 random(7);
  for (int i = 0; i < 200; ++i) {
    const auto up_to = [&](int most) { return 1 + static_cast<int>(random() % static_cast<uint32_t>(most)); };
    const int width = up_to(150);
    const int height = up_to(150);
    all.push_back({width, height, up_to(width), up_to(height)});
  }
  for (const Sizes& one : all) {
    const Image image = noise(one.width, one.height, 1);
    EXPECT_EQ(resize(image, one.to_width, one.to_height).rgb, by_opencv(image, one.to_width, one.to_height))
        << one.width << "x" << one.height << " to " << one.to_width << "x" << one.to_height;
  }
}

TEST(Shrink, WhiteStaysWhite) {
  Image white{333, 211, std::vector<uint8_t>(size_t{3} * 333 * 211, 255)};
  for (const uint8_t value : resize(white, 96, 95).rgb) ASSERT_EQ(value, 255);
}

}  // namespace
}  // namespace dew
