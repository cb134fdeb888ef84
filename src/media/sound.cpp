#include "media/sound.h"

extern "C" {
#include <libswresample/swresample.h>
}

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "media/input.h"
#include "media/quiet.h"

namespace dew {
namespace {

constexpr int kMostChannels = 64;
constexpr int kLeastRate = 1'000;
constexpr int kMostRate = 768'000;
/// Packets in a row that give no samples, before a file counts as damaged.
constexpr int kMostFailures = 4096;

struct SwrFree {
  void operator()(SwrContext* context) const { swr_free(&context); }
};

/// Any samples as 16,000 a second of one channel.
class Resampler {
 public:
  /// Appends to `to`. A null frame takes what is held back out of it.
  Result<void> convert(const AVFrame* frame, std::vector<int16_t>& to, const std::string& name) {
    if (frame != nullptr) DEW_CHECK(prepare(*frame, name));
    if (!context_) return {};
    const int given = frame == nullptr ? 0 : frame->nb_samples;
    const int most = swr_get_out_samples(context_.get(), given);
    if (most <= 0) return {};
    const size_t before = to.size();
    to.resize(before + static_cast<size_t>(most));
    auto* out = reinterpret_cast<uint8_t*>(to.data() + before);
    const auto** in =
        frame == nullptr ? nullptr : const_cast<const uint8_t**>(frame->extended_data);  // as its C wants it
    const int made = swr_convert(context_.get(), &out, most, in, given);
    to.resize(before + static_cast<size_t>(std::max(made, 0)));
    if (made < 0) return work_error("the sound cannot be converted (" + media::av_error(made) + ")", name);
    return {};
  }

 private:
  /// A stream may change its rate or channels; what is held back of the old one is a few milliseconds.
  Result<void> prepare(const AVFrame& frame, const std::string& name) {
    if (context_ && frame.format == format_ && frame.sample_rate == rate_ &&
        frame.ch_layout.nb_channels == channels_)
      return {};
    if (frame.sample_rate < kLeastRate || frame.sample_rate > kMostRate || frame.ch_layout.nb_channels < 1 ||
        frame.ch_layout.nb_channels > kMostChannels)
      return work_error(fmt::format("{} samples a second on {} channels are no sound that can be read",
                                    frame.sample_rate, frame.ch_layout.nb_channels),
                        name, "convert it first: ffmpeg -i in.wav -ac 1 -ar 16000 out.wav");
    AVChannelLayout from{};
    if (frame.ch_layout.order == AV_CHANNEL_ORDER_NATIVE)
      from = frame.ch_layout;  // which holds nothing that needs an owner
    else
      av_channel_layout_default(&from, frame.ch_layout.nb_channels);
    AVChannelLayout mono{};
    av_channel_layout_default(&mono, 1);
    SwrContext* made = nullptr;
    int code = swr_alloc_set_opts2(&made, &mono, AV_SAMPLE_FMT_S16, SoundSource::kRate, &from,
                                   static_cast<AVSampleFormat>(frame.format), frame.sample_rate, 0, nullptr);
    context_.reset(made);
    if (code >= 0) code = swr_init(context_.get());
    if (code < 0) return work_error("the sound cannot be converted (" + media::av_error(code) + ")", name);
    format_ = frame.format;
    rate_ = frame.sample_rate;
    channels_ = frame.ch_layout.nb_channels;
    return {};
  }

  std::unique_ptr<SwrContext, SwrFree> context_;
  int format_ = -1;
  int rate_ = 0;
  int channels_ = 0;
};

}  // namespace

struct SoundSource::Inside {
  std::unique_ptr<media::Input> input;
  media::CodecContext codec;
  media::Packet packet;
  media::Frame frame;
  Resampler resampler;
  std::vector<int16_t> samples;
  std::optional<double> start;
  bool draining = false;
  bool ended = false;

  Result<void> open(const media::Source& source, Watch& watch) {
    const media::Quiet quiet;
    DEW_TRY(input, media::Input::open(source, MediaLimits{}, watch, media::Wanted::kSound));
    const AVCodecParameters& parameters = *input->stream().codecpar;
    const AVCodec* const found = avcodec_find_decoder(parameters.codec_id);
    if (found == nullptr)
      return work_error(
          std::string("there is no decoder for the sound's codec, ") + avcodec_get_name(parameters.codec_id),
          input->name(), "convert it first: ffmpeg -i in.mp4 -ac 1 -ar 16000 out.wav");
    codec.reset(avcodec_alloc_context3(found));
    packet.reset(av_packet_alloc());
    frame.reset(av_frame_alloc());
    if (!codec || !packet || !frame) return work_error("no memory to open the sound", input->name());
    int code = avcodec_parameters_to_context(codec.get(), &parameters);
    codec->pkt_timebase = input->stream().time_base;
    if (code >= 0) code = avcodec_open2(codec.get(), found, nullptr);
    if (code < 0)
      return work_error("the sound cannot be decoded (" + media::av_error(code) + ")", input->name(),
                        "check that it plays; if it was copied, copy it again");
    return {};
  }

  /// Until there are samples, or none any more.
  Result<void> fill(Watch& watch) {
    const media::Quiet quiet;
    for (int failures = 0; failures < kMostFailures && samples.empty();) {
      const int code = avcodec_receive_frame(codec.get(), frame.get());
      if (code == 0) {
        set_start();
        DEW_CHECK(resampler.convert(frame.get(), samples, input->name()));
        continue;
      }
      if (code == AVERROR_EOF || (code != AVERROR(EAGAIN) && draining)) {
        ended = true;
        return resampler.convert(nullptr, samples, input->name());
      }
      ++failures;
      if (code != AVERROR(EAGAIN)) continue;  // a damaged packet
      DEW_TRY(const bool more, input->read(*packet, watch));
      draining = !more;
      const int sent = avcodec_send_packet(codec.get(), more ? packet.get() : nullptr);
      av_packet_unref(packet.get());
      if (sent < 0 && !more) ended = true;
      if (ended) return {};
    }
    ended = samples.empty();
    return {};
  }

  void set_start() {
    if (start) return;
    const int64_t time = frame->best_effort_timestamp;
    start = 0;
    if (time == AV_NOPTS_VALUE || input->live()) return;
    start = static_cast<double>(time) * av_q2d(input->stream().time_base) - input->start_seconds();
  }
};

SoundSource::SoundSource(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
SoundSource::SoundSource(SoundSource&&) noexcept = default;
SoundSource& SoundSource::operator=(SoundSource&&) noexcept = default;
SoundSource::~SoundSource() = default;

Result<SoundSource> SoundSource::open(const std::string& source, Watch& watch) {
  DEW_TRY(const media::Source found, media::find_sound(source));
  auto inside = std::make_unique<Inside>();
  DEW_CHECK(inside->open(found, watch));
  return SoundSource(std::move(inside));
}

Result<std::span<const int16_t>> SoundSource::read(Watch& watch) {
  if (watch.interrupted()) return interrupted_error();
  inside_->samples.clear();
  if (!inside_->ended) DEW_CHECK(inside_->fill(watch));
  return std::span<const int16_t>(inside_->samples);
}

double SoundSource::start() const {
  return inside_->start.value_or(0);
}

bool SoundSource::endless() const {
  return inside_->input->endless();
}

bool SoundSource::live() const {
  return inside_->input->live();
}

}  // namespace dew
