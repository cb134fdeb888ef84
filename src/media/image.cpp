// Still pictures: decode, encode, cut, scale.
#include <algorithm>
#include <cassert>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "media/files.h"
#include "media/media.h"
#include "media/probe.h"
#include "media/quiet.h"

namespace dew {
namespace {

/// A header over our bytes; OpenCV never writes through it.
cv::Mat view(const Image& image) {
  return {image.height, image.width, CV_8UC3, const_cast<uint8_t*>(image.rgb.data())};
}

Image blank(int width, int height) {
  return {width, height,
          std::vector<uint8_t>(size_t{3} * static_cast<size_t>(width) * static_cast<size_t>(height))};
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

/// What the decoder behind the door makes of it; empty where it gives up.
cv::Mat decode(std::string_view bytes, std::string* words) {
  const media::Quiet quiet;
  cv::Mat bgr;
  try {
    const cv::Mat input(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data()));
    bgr = cv::imdecode(input, cv::IMREAD_COLOR);  // applies the EXIF orientation
  } catch (const std::exception&) {               // cv::Exception, std::bad_alloc
    bgr.release();
  }
  *words = quiet.words();
  return bgr;
}

}  // namespace

Result<Image> decode_image(std::string_view bytes, const std::string& name, const MediaLimits& limits) {
  if (static_cast<int64_t>(bytes.size()) > std::min<int64_t>(limits.max_bytes, INT32_MAX))
    return work_error("the picture's file has " + with_commas(static_cast<int64_t>(bytes.size())) +
                          " bytes, more than the limit of " + with_commas(limits.max_bytes),
                      name, "make it smaller first");
  DEW_TRY(const media::ImageHeader header, media::probe_image(bytes, name));
  DEW_CHECK(media::check_pixels(header.width, header.height, limits, name));
  if (!header.complete)
    return work_error("the picture is cut off: its end is missing", name,
                      "get the file again from where it came");
  std::string words;
  const cv::Mat bgr = decode(bytes, &words);
  if (bgr.empty() || int64_t{bgr.cols} * bgr.rows != header.width * header.height)
    return work_error(
        "the picture is damaged and cannot be decoded" + (words.empty() ? "" : " (" + words + ")"), name,
        "get the file again from where it came");
  Image image = blank(bgr.cols, bgr.rows);
  cv::Mat rgb = view(image);
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  return image;
}

Result<Image> read_image(const fs::path& path, const MediaLimits& limits) {
  DEW_CHECK(media::check_regular_file(path));
  DEW_TRY(const std::string bytes, read_file(path, limits.max_bytes));
  return decode_image(bytes, path.string(), limits);
}

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
  cv::Mat small = view(image);
  const cv::Size down(std::min(width, image.width), std::min(height, image.height));
  if (down != small.size()) {
    cv::Mat shrunk;
    cv::resize(small, shrunk, down, 0, 0, cv::INTER_AREA);
    small = shrunk;
  }
  Image scaled = blank(width, height);
  cv::Mat target = view(scaled);
  cv::resize(small, target, target.size(), 0, 0, cv::INTER_LINEAR);
  return scaled;
}

std::vector<Rect> tiles(int width, int height, int columns, int rows) {
  assert(columns > 0 && rows > 0);
  const int tile_width = width / columns;
  const int tile_height = height / rows;
  std::vector<Rect> grid;
  if (tile_width == 0 || tile_height == 0) return grid;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      grid.push_back({static_cast<int>(column * width / columns), static_cast<int>(row * height / rows),
                      tile_width, tile_height});
  return grid;
}

std::string encode_jpeg(const Image& image, int quality) {
  return encode(image, ".jpg", {cv::IMWRITE_JPEG_QUALITY, quality});
}

std::string encode_png(const Image& image) {
  return encode(image, ".png", {});
}

}  // namespace dew
