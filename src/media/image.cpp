// Still pictures: encode, crop, scale.
#include <algorithm>
#include <cassert>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "media/decode.h"
#include "media/image.h"
#include "media/quiet.h"
#include "media/shrink.h"

namespace dew {
namespace {

using media::blank;

/// A header over our bytes; OpenCV never writes through it.
cv::Mat view(const Image& image) {
  return {image.height, image.width, CV_8UC3, const_cast<uint8_t*>(image.rgb.data())};
}

std::string encode(const Image& image, const std::string& extension, const std::vector<int>& parameters) {
  const media::Quiet quiet;
  try {
    cv::Mat bgr;
    cv::cvtColor(view(image), bgr, cv::COLOR_RGB2BGR);
    std::vector<uint8_t> bytes;
    if (!cv::imencode(extension, bgr, bytes, parameters)) return {};
    return {bytes.begin(), bytes.end()};
  } catch (const cv::Exception&) {
    return {};
  }
}

}  // namespace

Image crop(const Image& image, const Rect& region) {
  assert(region.x >= 0 && region.y >= 0 && region.width > 0 && region.height > 0);
  assert(region.x <= image.width - region.width && region.y <= image.height - region.height);
  Image part = blank(region.width, region.height);
  cv::Mat target = view(part);
  view(image)(cv::Rect(region.x, region.y, region.width, region.height)).copyTo(target);
  return part;
}

Image resize(const Image& image, int width, int height) {
  assert(!image.empty() && width > 0 && height > 0);
  // Down first, then up: each direction gets the filter that suits it, also where one shrinks and one grows.
  const int down_width = std::min(width, image.width);
  const int down_height = std::min(height, image.height);
  if (down_width == width && down_height == height) return media::shrink(image, width, height);
  const Image small = media::shrink(image, down_width, down_height);
  Image scaled = blank(width, height);
  cv::Mat target = view(scaled);
  cv::resize(view(small), target, target.size(), 0, 0, cv::INTER_LINEAR);
  return scaled;
}

std::string encode_jpeg(const Image& image, int quality) {
  return encode(image, ".jpg", {cv::IMWRITE_JPEG_QUALITY, quality});
}

std::string encode_png(const Image& image) {
  return encode(image, ".png", {});
}

}  // namespace dew
