#include "media/hash.h"

#include <bit>
#include <cstdlib>
#include <opencv2/imgproc.hpp>

namespace dew {

uint64_t difference_hash(const Image& image) {
  return detailed_hash(image).hash;
}

DetailedHash detailed_hash(const Image& image) {
  constexpr int kSide = 8;
  constexpr int kClear = 4;  // grey levels
  if (image.empty()) return {};
  const cv::Mat view(image.height, image.width, CV_8UC3, const_cast<uint8_t*>(image.rgb.data()));
  cv::Mat grey;
  cv::Mat small;
  cv::cvtColor(view, grey, cv::COLOR_RGB2GRAY);
  cv::resize(grey, small, {kSide + 1, kSide}, 0, 0, cv::INTER_AREA);
  DetailedHash found;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const int left = small.at<uint8_t>(y, x);
      const int right = small.at<uint8_t>(y, x + 1);
      found.hash = found.hash << 1 | (left < right ? 1U : 0U);
      if (std::abs(left - right) >= kClear) ++found.detail;
    }
  }
  return found;
}

int hash_distance(uint64_t a, uint64_t b) {
  return std::popcount(a ^ b);
}

}  // namespace dew
