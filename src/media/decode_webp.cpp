// WebP by libwebp, the library behind OpenCV, which drops transparency and refuses animations.
#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>

#include "media/decode.h"
#include "media/files.h"

namespace dew::media {
namespace {

/// The first frame of an animation, on its canvas.
Result<Decoded> first_frame(std::string_view bytes, const std::string& name) {
  const WebPData data{reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
  const std::unique_ptr<WebPAnimDecoder, decltype(&WebPAnimDecoderDelete)> decoder(
      WebPAnimDecoderNew(&data, nullptr), WebPAnimDecoderDelete);
  WebPAnimInfo info;
  uint8_t* rgba = nullptr;
  int milliseconds = 0;
  if (!decoder || WebPAnimDecoderGetInfo(decoder.get(), &info) == 0 ||
      WebPAnimDecoderGetNext(decoder.get(), &rgba, &milliseconds) == 0)
    return damaged(name, "");
  return over_white(rgba, static_cast<int>(info.canvas_width), static_cast<int>(info.canvas_height),
                    size_t{4} * info.canvas_width);
}

}  // namespace

Result<Decoded> decode_webp(std::string_view bytes, const DecodeRequest& request) {
  const auto* const data = reinterpret_cast<const uint8_t*>(bytes.data());
  WebPBitstreamFeatures features;
  const VP8StatusCode status = WebPGetFeatures(data, bytes.size(), &features);
  if (status == VP8_STATUS_NOT_ENOUGH_DATA) return cut_off(request.name);
  if (status != VP8_STATUS_OK) return damaged(request.name, "");
  DEW_CHECK(check_pixels(features.width, features.height, request.limits, request.name));
  if (features.has_animation != 0) return first_frame(bytes, request.name);
  if (features.has_alpha != 0) {
    std::vector<uint8_t> rgba(size_t{4} * static_cast<size_t>(features.width) *
                              static_cast<size_t>(features.height));
    const int stride = 4 * features.width;
    if (WebPDecodeRGBAInto(data, bytes.size(), rgba.data(), rgba.size(), stride) == nullptr)
      return damaged(request.name, "");
    return over_white(rgba.data(), features.width, features.height, static_cast<size_t>(stride));
  }
  Decoded decoded{blank(features.width, features.height), false, Orientation::kUpright};
  std::vector<uint8_t>& rgb = decoded.image.rgb;
  if (WebPDecodeRGBInto(data, bytes.size(), rgb.data(), rgb.size(), 3 * features.width) == nullptr)
    return damaged(request.name, "");
  return decoded;
}

}  // namespace dew::media
