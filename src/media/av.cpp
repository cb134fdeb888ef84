#include "media/av.h"

extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/mem.h>
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>

namespace dew::media {
namespace {

constexpr int kHdLines = 720;
constexpr int kRowAlignment = 64;  ///< swscale's vector code writes whole vectors

/// The matrix that the stream names, else what players assume: BT.709 for HD, BT.601 below. (ITU-T H.273,
/// table 4; swscale's constants are the same numbers.)
int matrix_of(const AVFrame& frame) {
  switch (frame.colorspace) {
    case AVCOL_SPC_BT709:
      return SWS_CS_ITU709;
    case AVCOL_SPC_FCC:
      return SWS_CS_FCC;
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
      return SWS_CS_ITU601;
    case AVCOL_SPC_SMPTE240M:
      return SWS_CS_SMPTE240M;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
      return SWS_CS_BT2020;
    default:
      return frame.height >= kHdLines ? SWS_CS_ITU709 : SWS_CS_ITU601;
  }
}

bool full_range(const AVFrame& frame) {
  if (frame.color_range != AVCOL_RANGE_UNSPECIFIED) return frame.color_range == AVCOL_RANGE_JPEG;
  const auto format = static_cast<AVPixelFormat>(frame.format);
  const auto jpeg = {AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P,
                     AV_PIX_FMT_YUVJ411P};
  return std::find(jpeg.begin(), jpeg.end(), format) != jpeg.end();
}

void set_colours(SwsContext* scaler, const AVFrame& frame) {
  int* inverse = nullptr;
  int* table = nullptr;
  int from_full = 0;
  int to_full = 0;
  int brightness = 0;
  int contrast = 0;
  int saturation = 0;
  if (sws_getColorspaceDetails(scaler, &inverse, &from_full, &table, &to_full, &brightness, &contrast,
                               &saturation) < 0)
    return;  // an RGB format: nothing to say
  sws_setColorspaceDetails(scaler, sws_getCoefficients(matrix_of(frame)), full_range(frame) ? 1 : 0, table,
                           to_full, brightness, contrast, saturation);
}

bool may_be_transparent(const AVFrame& frame) {
  const AVPixFmtDescriptor* const description = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  return description != nullptr && (description->flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
}

/// Bytes that swscale may write a little past.
class Padded {
 public:
  Padded(int row_bytes, int height)
      : stride_((row_bytes + kRowAlignment - 1) / kRowAlignment * kRowAlignment) {
    data_.reset(static_cast<uint8_t*>(
        av_malloc(static_cast<size_t>(stride_) * static_cast<size_t>(height) + 2 * kRowAlignment)));
  }
  [[nodiscard]] uint8_t* data() const { return data_.get(); }
  [[nodiscard]] int stride() const { return stride_; }

 private:
  struct Free {
    void operator()(uint8_t* data) const { av_free(data); }
  };
  std::unique_ptr<uint8_t, Free> data_;
  int stride_;
};

}  // namespace

std::string av_error(int code) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(code, text.data(), text.size());
  return text.data();
}

void limit_allocations(const MediaLimits& limits) {
  static std::atomic<int64_t> limit{0};
  constexpr int64_t kLeast = int64_t{512} << 20;
  const int64_t wanted = std::max(kLeast, std::min(limits.max_pixels, int64_t{1} << 40) * 8);
  int64_t now = limit.load();
  while (now < wanted && !limit.compare_exchange_weak(now, wanted)) {
  }
  av_max_alloc(static_cast<size_t>(limit.load()));
}

Result<Decoded> Converter::convert(const AVFrame& frame, int width, int height, const std::string& name) {
  const bool alpha = may_be_transparent(frame);
  const int channels = alpha ? 4 : 3;
  const AVPixelFormat target = alpha ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB24;
  scaler_.reset(sws_getCachedContext(scaler_.release(), frame.width, frame.height,
                                     static_cast<AVPixelFormat>(frame.format), width, height, target,
                                     SWS_BICUBIC, nullptr, nullptr, nullptr));
  const Padded pixels(channels * width, height);
  if (!scaler_ || pixels.data() == nullptr)
    return work_error("the pixel format of a frame cannot be converted", name,
                      "convert the video first: ffmpeg -i in.mp4 -c:v libx264 -pix_fmt yuv420p out.mp4");
  set_colours(scaler_.get(), frame);
  const std::array<uint8_t*, 4> planes{pixels.data(), nullptr, nullptr, nullptr};
  const std::array<int, 4> strides{pixels.stride(), 0, 0, 0};
  if (sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, planes.data(), strides.data()) !=
      height)
    return work_error("a frame of the video gives no picture", name, "convert the video first");
  if (alpha) return over_white(pixels.data(), width, height, static_cast<size_t>(pixels.stride()));
  Decoded decoded{blank(width, height), false, Orientation::kUpright};
  const size_t row = size_t{3} * static_cast<size_t>(width);
  for (int y = 0; y < height; ++y)
    std::memcpy(decoded.image.rgb.data() + static_cast<size_t>(y) * row,
                pixels.data() + static_cast<ptrdiff_t>(y) * pixels.stride(), row);
  return decoded;
}

Orientation orientation_of_matrix(const int32_t* matrix) {
  // A stored pixel (x, y) is shown at (a x + c y, b x + d y), from where the picture is moved into view.
  const auto sign = [](int32_t value) {
    constexpr int32_t kHalf = 1 << 15;
    return value > kHalf ? 1 : value < -kHalf ? -1 : 0;
  };
  const int a = sign(matrix[0]);
  const int b = sign(matrix[1]);
  const int c = sign(matrix[3]);
  const int d = sign(matrix[4]);
  using enum Orientation;
  if (b == 0 && c == 0 && a != 0 && d != 0) {
    if (a > 0) return d > 0 ? kUpright : kFlipped;
    return d > 0 ? kMirrored : kUpsideDown;
  }
  if (a == 0 && d == 0 && b != 0 && c != 0) {
    if (b > 0) return c > 0 ? kTransposed : kTurnClockwise;
    return c > 0 ? kTurnAnticlockwise : kAntiTransposed;
  }
  return kUpright;
}

}  // namespace dew::media
