// Pictures as data URIs, small enough that a page of two hundred stays under a few megabytes.
#include <algorithm>

#include "report/parts.h"

namespace dew::report {

std::string data_uri(const Image& picture, int longest) {
  constexpr int kQuality = 80;
  if (picture.empty()) return {};
  const int side = std::max(picture.width, picture.height);
  const auto scaled = [&](int length) {
    return std::max(1, static_cast<int>((int64_t{length} * longest + side / 2) / side));
  };
  const std::string jpeg =
      side <= longest ? encode_jpeg(picture, kQuality)
                      : encode_jpeg(resize(picture, scaled(picture.width), scaled(picture.height)), kQuality);
  return jpeg.empty() ? std::string() : "data:image/jpeg;base64," + base64(jpeg);
}

}  // namespace dew::report
