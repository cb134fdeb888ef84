// Animated WebP by libwebp: the frames, put on their canvas.
#include <webp/demux.h>

#include <cassert>

#include "media/files.h"
#include "media/frame_decoder.h"

namespace dew::media {
namespace {

using Animation = std::unique_ptr<WebPAnimDecoder, decltype(&WebPAnimDecoderDelete)>;

class AnimatedWebp : public FrameDecoder {
 public:
  AnimatedWebp(std::string bytes, std::string name) : bytes_(std::move(bytes)), name_(std::move(name)) {}

  Result<void> open(const MediaLimits& limits) {
    const WebPData data{reinterpret_cast<const uint8_t*>(bytes_.data()), bytes_.size()};
    const std::unique_ptr<WebPDemuxer, decltype(&WebPDemuxDelete)> outline(WebPDemux(&data), WebPDemuxDelete);
    if (!outline) return cut_off(name_);
    DEW_CHECK(check_pixels(WebPDemuxGetI(outline.get(), WEBP_FF_CANVAS_WIDTH),
                           WebPDemuxGetI(outline.get(), WEBP_FF_CANVAS_HEIGHT), limits, name_));
    decoder_.reset(WebPAnimDecoderNew(&data, nullptr));
    if (!decoder_ || WebPAnimDecoderGetInfo(decoder_.get(), &info_) == 0) return damaged(name_, "");
    return {};
  }

  Result<bool> advance(Watch& watch) override {
    if (watch.interrupted()) return interrupted_error();
    if (WebPAnimDecoderHasMoreFrames(decoder_.get()) == 0) {
      if (number_ < 0) return no_frames(name_, "");
      return false;
    }
    start_ = end_;
    int milliseconds = 0;  // at which the frame's time is over
    if (WebPAnimDecoderGetNext(decoder_.get(), &rgba_, &milliseconds) == 0) return damaged(name_, "");
    end_ = milliseconds;
    ++number_;
    return true;
  }

  Result<Image> image() override {
    assert(number_ >= 0);
    return over_white(rgba_, static_cast<int>(info_.canvas_width), static_cast<int>(info_.canvas_height),
                      size_t{4} * info_.canvas_width)
        .image;
  }

  [[nodiscard]] int64_t number() const override { return number_; }
  [[nodiscard]] double seconds() const override { return start_ / 1000.0; }
  [[nodiscard]] bool live() const override { return false; }
  [[nodiscard]] bool endless() const override { return false; }
  [[nodiscard]] int64_t promised_frames() const override { return info_.frame_count; }
  /// Every frame has its own duration.
  [[nodiscard]] double frames_per_second() const override { return 0; }

 private:
  std::string bytes_;
  std::string name_;
  Animation decoder_{nullptr, WebPAnimDecoderDelete};
  WebPAnimInfo info_{};
  uint8_t* rgba_ = nullptr;  ///< the canvas, inside the decoder
  int64_t number_ = -1;
  int start_ = 0;
  int end_ = 0;
};

}  // namespace

Result<Decoder> open_animated_webp(const Source& source, const MediaLimits& limits) {
  DEW_TRY(std::string bytes, read_file(source.address, limits.max_bytes));
  auto decoder = std::make_unique<AnimatedWebp>(std::move(bytes), source.name);
  DEW_CHECK(decoder->open(limits));
  return decoder;
}

}  // namespace dew::media
