// Frames by FFmpeg: packets in, frames out, in the order in which they are shown.
#include "media/files.h"
#include "media/frame_decoder.h"
#include "media/input.h"
#include "media/quiet.h"

extern "C" {
#include <libavutil/display.h>
}

#include <cassert>
#include <optional>

namespace dew::media {
namespace {

/// Packets in a row that give no frame, before a file counts as damaged: more than any group of pictures.
constexpr int kMostFailures = 4096;

class VideoDecoder : public FrameDecoder {
 public:
  Result<void> open(const Source& source, const MediaLimits& limits, Watch& watch) {
    const Quiet quiet;
    limits_ = limits;
    DEW_TRY(input_, Input::open(source, limits, watch));
    const AVCodecParameters& parameters = *input_->stream().codecpar;
    DEW_CHECK(check_pixels(parameters.width, parameters.height, limits, input_->name()));
    return open_codec(parameters);
  }

  Result<bool> advance(Watch& watch) override {
    const Quiet quiet;
    if (watch.interrupted()) return interrupted_error();
    DEW_TRY(const bool more, next_frame(watch));
    if (!more && number_ < 0) return no_frames(input_->name(), quiet.words());
    if (!more) return false;
    DEW_CHECK(check_pixels(frame_->width, frame_->height, limits_, input_->name()));
    ++number_;
    if (!live() && number_ >= limits_.max_frames)
      return limit_error(Limit::kFrames,
                         "the video has more frames than the limit of " + with_commas(limits_.max_frames),
                         input_->name(), "cut it into parts");
    if (number_ == 0) set_size();
    set_time();
    return true;
  }

  Result<Image> image() override {
    assert(number_ >= 0);
    const Quiet quiet;
    const Orientation orientation = orientation_of_frame();
    const bool swapped = swaps_sides(orientation);
    DEW_TRY(Decoded decoded, converter_.convert(*frame_, swapped ? height_ : width_,
                                                swapped ? width_ : height_, input_->name()));
    return oriented(std::move(decoded.image), orientation);
  }

  [[nodiscard]] int64_t number() const override { return number_; }
  [[nodiscard]] double seconds() const override { return seconds_; }
  [[nodiscard]] bool live() const override { return input_->live(); }
  [[nodiscard]] bool endless() const override { return input_->endless(); }
  [[nodiscard]] int64_t promised_frames() const override { return input_->promised_frames(); }
  [[nodiscard]] double frames_per_second() const override { return input_->frames_per_second(); }

 private:
  Result<void> open_codec(const AVCodecParameters& parameters) {
    const AVCodec* const codec = avcodec_find_decoder(parameters.codec_id);
    if (codec == nullptr)
      return work_error(
          std::string("there is no decoder for the video's codec, ") + avcodec_get_name(parameters.codec_id),
          input_->name(), "convert the video first: ffmpeg -i in.mp4 -c:v libx264 -pix_fmt yuv420p out.mp4");
    codec_.reset(avcodec_alloc_context3(codec));
    packet_.reset(av_packet_alloc());
    frame_.reset(av_frame_alloc());
    incoming_.reset(av_frame_alloc());
    if (!codec_ || !packet_ || !frame_ || !incoming_)
      return work_error("no memory to open the video", input_->name());
    int code = avcodec_parameters_to_context(codec_.get(), &parameters);
    codec_->pkt_timebase = input_->stream().time_base;
    codec_->max_pixels = limits_.max_pixels;
    codec_->thread_count = 0;                           // one a core
    if (live()) codec_->thread_type = FF_THREAD_SLICE;  // threads a frame each would hold frames back
    if (code >= 0) code = avcodec_open2(codec_.get(), codec, nullptr);
    if (code < 0)
      return work_error("the video cannot be decoded (" + av_error(code) + ")", input_->name(),
                        "check that it plays; if it was copied, copy it again");
    return {};
  }

  /// Into frame_, which stands as it is at the end. Damage without end is the end as well.
  Result<bool> next_frame(Watch& watch) {
    for (int failures = 0; failures < kMostFailures;) {
      const int code = avcodec_receive_frame(codec_.get(), incoming_.get());
      if (code == 0) {
        std::swap(frame_, incoming_);
        return true;
      }
      if (code == AVERROR_EOF) return false;
      if (code != AVERROR(EAGAIN)) {
        if (draining_) return false;
        ++failures;
        continue;
      }
      DEW_TRY(const bool more, input_->read(*packet_, watch));
      draining_ = !more;
      const int sent = avcodec_send_packet(codec_.get(), more ? packet_.get() : nullptr);
      av_packet_unref(packet_.get());
      if (sent < 0 && !more) return false;
      ++failures;
    }
    return false;
  }

  /// A decoder's own word (a picture's EXIF, an SEI message) goes before the container's.
  [[nodiscard]] Orientation orientation_of_frame() const {
    const AVFrameSideData* const own = av_frame_get_side_data(frame_.get(), AV_FRAME_DATA_DISPLAYMATRIX);
    if (own != nullptr && own->size >= 9 * sizeof(int32_t))
      return orientation_of_matrix(reinterpret_cast<const int32_t*>(own->data));
    size_t size = 0;
    const uint8_t* const matrix =
        av_stream_get_side_data(&input_->stream(), AV_PKT_DATA_DISPLAYMATRIX, &size);
    if (matrix == nullptr || size < 9 * sizeof(int32_t)) return Orientation::kUpright;
    return orientation_of_matrix(reinterpret_cast<const int32_t*>(matrix));
  }

  void set_size() {
    const bool swapped = swaps_sides(orientation_of_frame());
    width_ = swapped ? frame_->height : frame_->width;
    height_ = swapped ? frame_->width : frame_->height;
  }

  void set_time() {
    const int64_t time = frame_->best_effort_timestamp;
    if (time == AV_NOPTS_VALUE) {  // a stream without a clock: by its rate
      const double rate = frames_per_second();
      seconds_ = rate > 0 ? static_cast<double>(number_) / rate : 0;
      return;
    }
    const double now = static_cast<double>(time) * av_q2d(input_->stream().time_base);
    if (!start_) start_ = live() ? now : input_->start_seconds();
    seconds_ = now - *start_;
  }

  MediaLimits limits_;
  std::unique_ptr<Input> input_;
  CodecContext codec_;
  Packet packet_;
  Frame frame_;     ///< the present one
  Frame incoming_;  ///< the next one, while the decoder fills it
  Converter converter_;
  bool draining_ = false;
  int64_t number_ = -1;
  double seconds_ = 0;
  std::optional<double> start_;
  int width_ = 0;  ///< of the first frame, upright
  int height_ = 0;
};

}  // namespace

Result<Decoder> open_by_ffmpeg(const Source& source, const MediaLimits& limits, Watch& watch) {
  auto decoder = std::make_unique<VideoDecoder>();
  DEW_CHECK(decoder->open(source, limits, watch));
  return decoder;
}

}  // namespace dew::media
