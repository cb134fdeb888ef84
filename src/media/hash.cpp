#include "media/hash.h"

#include <bit>
#include <opencv2/imgproc.hpp>

namespace dew {

uint64_t difference_hash(const Image& image) {
  constexpr int kSide = 8;
  if (image.empty()) return 0;
  const cv::Mat view(image.height, image.width, CV_8UC3, const_cast<uint8_t*>(image.rgb.data()));
  cv::Mat grey;
  cv::Mat small;
  cv::cvtColor(view, grey, cv::COLOR_RGB2GRAY);
  cv::resize(grey, small, {kSide + 1, kSide}, 0, 0, cv::INTER_AREA);
  uint64_t hash = 0;
  for (int y = 0; y < kSide; ++y)
    for (int x = 0; x < kSide; ++x)
      hash = hash << 1 | (small.at<uint8_t>(y, x) < small.at<uint8_t>(y, x + 1) ? 1U : 0U);
  return hash;
}

int hash_distance(uint64_t a, uint64_t b) {
  return std::popcount(a ^ b);
}

}  // namespace dew
