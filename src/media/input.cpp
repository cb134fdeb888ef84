#include "media/input.h"

extern "C" {
#include <libavdevice/avdevice.h>
#include <libavutil/dict.h>
#include <libavutil/mem.h>
}

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <mutex>
#include <thread>
#include <vector>

#include "media/files.h"

namespace dew::media {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestSilence = 30s;  ///< of the network and of cameras; a pipe may wait as long as it likes
constexpr int kPipeBuffer = 1 << 16;
constexpr int64_t kLongestEstimate = int64_t{1} << 40;  ///< more frames than any honest file has

/// What a stream may be made of. Not on the list: formats that name files of this machine (concat, image2).
constexpr const char* kStreamFormats =
    "mov,mp4,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,mjpeg,mpjpeg,mjpeg_2000,jpeg_pipe,png_"
    "pipe,"
    "webp_pipe,bmp_pipe,gif,apng,asf,ogg,flv,live_flv,ivf,yuv4mpegpipe,obu,rawvideo,rtsp,rtp,sdp,hls,"
    "applehttp,"
    "aac,mp3,wav,flac";

/// AVDictionary with an owner.
class Options {
 public:
  Options() = default;
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;
  ~Options() { av_dict_free(&options_); }
  void set(const char* key, const std::string& value) { av_dict_set(&options_, key, value.c_str(), 0); }
  AVDictionary** get() { return &options_; }

 private:
  AVDictionary* options_ = nullptr;
};

void free_pipe(AVIOContext* pipe) {
  av_freep(&pipe->buffer);
  avio_context_free(&pipe);
}

/// How FFmpeg is told what to open, and which protocols and formats may be met inside.
struct Address {
  std::string url;
  const AVInputFormat* format = nullptr;  ///< nullptr: by content, among kStreamFormats
};

Address address_of(const Source& source, Options& options) {
  switch (source.origin) {
    case Origin::kFile:
      options.set("protocol_whitelist", "file");
      return {"file:" + source.address,
              av_find_input_format(source.demuxer != nullptr ? source.demuxer : demuxer_of(source.format))};
    case Origin::kCamera:
      return {source.address, av_find_input_format("video4linux2")};
    case Origin::kMicrophone:
      return {source.address, av_find_input_format("alsa")};
    case Origin::kNetwork:
      options.set("protocol_whitelist", "http,https,tls,tcp,udp,rtp,rtsp,rtsps,rtmp,httpproxy,crypto");
      options.set("format_whitelist", kStreamFormats);
      options.set("rtsp_flags", "prefer_tcp");
      return {source.address, nullptr};
    case Origin::kPipe:
      options.set("protocol_whitelist", "pipe");
      options.set("format_whitelist", kStreamFormats);
      return {"", nullptr};
  }
  return {};
}

/// Reads enough of the file to know the codec, the size and the rate. Frames are decoded for that, within the
/// limits and without threads.
int find_stream_info(AVFormatContext* context, const MediaLimits& limits) {
  std::vector<AVDictionary*> options(context->nb_streams, nullptr);
  for (AVDictionary*& one : options) {
    av_dict_set_int(&one, "max_pixels", limits.max_pixels, 0);
    av_dict_set(&one, "threads", "1", 0);
  }
  const int code = avformat_find_stream_info(context, options.empty() ? nullptr : options.data());
  for (AVDictionary*& one : options) av_dict_free(&one);
  return code;
}

bool is_device(const Source& source) {
  return source.origin == Origin::kCamera || source.origin == Origin::kMicrophone;
}

bool is_cover(const AVStream& stream) {
  return (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
}

/// As the ffmpeg program chooses: the largest picture, the stream marked as default before others.
int64_t worth(const AVStream& stream) {
  const AVCodecParameters& codec = *stream.codecpar;
  constexpr int64_t kDefault = 5'000'000;
  return int64_t{codec.width} * codec.height +
         ((stream.disposition & AV_DISPOSITION_DEFAULT) != 0 ? kDefault : 0);
}

}  // namespace

Result<std::unique_ptr<Input>> Input::open(const Source& source, const MediaLimits& limits, Watch& watch,
                                           Wanted wanted) {
  std::unique_ptr<Input> input(new Input(source));
  limit_allocations(limits);
  input->wait_with(watch);
  DEW_CHECK(input->open_container(limits));
  DEW_CHECK(input->choose_stream(wanted));
  return input;
}

Input::~Input() = default;

Result<void> Input::open_container(const MediaLimits& limits) {
  AVFormatContext* context = avformat_alloc_context();
  if (context == nullptr) return work_error("no memory to open it", source_.name);
  context->interrupt_callback = {asked_to_stop, this};
  Options options;
  if (is_device(source_)) {
    static std::once_flag once;
    std::call_once(once, avdevice_register_all);
    context->flags |= AVFMT_FLAG_NONBLOCK;
  }
  if (source_.origin == Origin::kPipe) {
    auto* const buffer = static_cast<uint8_t*>(av_malloc(kPipeBuffer));
    pipe_ = {avio_alloc_context(buffer, kPipeBuffer, 0, this, read_pipe, nullptr, nullptr), free_pipe};
    context->pb = pipe_.get();
  }
  if (live()) context->max_analyze_duration = AV_TIME_BASE;  // frames are wanted now
  const Address address = address_of(source_, options);
  int code = avformat_open_input(&context, address.url.c_str(), address.format, options.get());
  if (code < 0)  // which has freed the context
    return failure(code,
                   live() ? "cannot be opened" : "it cannot be opened: its header is damaged or cut off");
  context_.reset(context);
  DEW_CHECK(check_sizes(limits));     // before a frame is decoded to find out the rest
  if (is_device(source_)) return {};  // the driver has said it all
  code = find_stream_info(context, limits);
  if (code < 0) return failure(code, "its streams cannot be read");
  return {};
}

Result<void> Input::check_sizes(const MediaLimits& limits) const {
  for (unsigned at = 0; at < context_->nb_streams; ++at) {
    const AVCodecParameters& codec = *context_->streams[at]->codecpar;
    DEW_CHECK(check_pixels(codec.width, codec.height, limits, source_.name));
  }
  return {};
}

Result<void> Input::choose_stream(Wanted wanted) {
  return wanted == Wanted::kSound ? choose_sound() : choose_picture();
}

Result<void> Input::choose_sound() {
  const int found = av_find_best_stream(context_.get(), AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
  if (found < 0)
    return work_error("holds no sound", source_.name, "give a sound file, or a video with a sound track");
  stream_ = static_cast<unsigned>(found);
  for (unsigned at = 0; at < context_->nb_streams; ++at)
    context_->streams[at]->discard = at == stream_ ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  return {};
}

Result<void> Input::choose_picture() {
  const AVStream* chosen = nullptr;
  bool sound = false;
  bool cover = false;
  for (unsigned at = 0; at < context_->nb_streams; ++at) {
    AVStream& stream = *context_->streams[at];
    stream.discard = AVDISCARD_ALL;
    sound = sound || stream.codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
    cover = cover || is_cover(stream);
    if (stream.codecpar->codec_type != AVMEDIA_TYPE_VIDEO || is_cover(stream)) continue;
    if (chosen != nullptr && worth(stream) <= worth(*chosen)) continue;
    chosen = &stream;
    stream_ = at;
  }
  if (chosen != nullptr) {
    context_->streams[stream_]->discard = AVDISCARD_DEFAULT;
    return {};
  }
  if (cover)
    return work_error("holds no video: it is sound with a cover picture", source_.name,
                      "give a file with a video stream; for the cover: ffmpeg -i in cover.png");
  if (sound)
    return work_error("holds no picture: it is sound only", source_.name, "give a file with a video stream");
  return work_error("holds no video stream", source_.name,
                    "check that it plays; if it was copied, copy it again");
}

Result<bool> Input::read(AVPacket& packet, Watch& watch) {
  wait_with(watch);
  while (true) {
    const int code = av_read_frame(context_.get(), &packet);
    if (code == 0) {
      if (packet.stream_index == static_cast<int>(stream_)) return true;
      av_packet_unref(&packet);
      continue;
    }
    if (code == AVERROR(EAGAIN)) {  // a camera between two frames
      if (asked_to_stop(this) != 0) return failure(AVERROR_EXIT, "");
      std::this_thread::sleep_for(2ms);
      continue;
    }
    const bool stopped = stalled_ || code == AVERROR_EXIT;
    if (stopped || (live() && code != AVERROR_EOF)) return failure(code, "the stream broke off");
    return false;
  }
}

bool Input::endless() const {
  if (is_device(source_)) return true;
  return source_.origin == Origin::kNetwork && context_->duration == AV_NOPTS_VALUE;
}

void Input::wait_with(Watch& watch) {
  watch_ = &watch;
  deadline_ = std::chrono::steady_clock::now() + kLongestSilence;
}

/// FFmpeg asks this while it waits.
int Input::asked_to_stop(void* input) {
  auto& self = *static_cast<Input*>(input);
  const bool may_stall = self.source_.origin == Origin::kNetwork || is_device(self.source_);
  if (may_stall && std::chrono::steady_clock::now() > self.deadline_) self.stalled_ = true;
  return self.stalled_ || self.watch_->interrupted() ? 1 : 0;
}

/// FFmpeg's own pipe protocol does not ask while it waits in read().
int Input::read_pipe(void* input, uint8_t* to, int count) {
  while (true) {
    if (asked_to_stop(input) != 0) return AVERROR_EXIT;
    pollfd ready{STDIN_FILENO, POLLIN, 0};
    constexpr int kMilliseconds = 100;
    if (::poll(&ready, 1, kMilliseconds) <= 0) continue;
    const ssize_t bytes = ::read(STDIN_FILENO, to, static_cast<size_t>(count));
    if (bytes > 0) return static_cast<int>(bytes);
    if (bytes == 0) return AVERROR_EOF;
    if (errno != EINTR && errno != EAGAIN) return AVERROR(errno);
  }
}

tl::unexpected<Error> Input::failure(int code, const std::string& what) const {
  if (stalled_)
    return work_error("nothing came for " + std::to_string(kLongestSilence.count()) + " seconds",
                      source_.name, "check that the camera or server is running and can be reached");
  if (watch_->interrupted()) return interrupted_error();
  const char* next = "check that it plays; if it was copied, copy it again";
  if (source_.origin == Origin::kNetwork) next = "check the address, and that the server can be reached";
  if (source_.origin == Origin::kCamera) next = "check that no other program uses the camera";
  if (source_.origin == Origin::kMicrophone)
    next = "list the microphones: arecord -L; name one: microphone:hw:0";
  if (source_.origin == Origin::kPipe)
    next = "send a format that can be read without seeking: MJPEG, Matroska, MPEG-TS, fragmented MP4";
  return work_error(what + " (" + av_error(code) + ")", source_.name, next);
}

double Input::frames_per_second() const {
  AVStream* const stream = context_->streams[stream_];
  const double rate = av_q2d(av_guess_frame_rate(context_.get(), stream, nullptr));
  return std::isfinite(rate) && rate > 0 ? rate : 0;
}

int64_t Input::promised_frames() const {
  AVStream* const stream = context_->streams[stream_];
  if (source_.format == Format::kIsoMedia && stream->nb_frames > 0) {  // without what the edit list hides
    int64_t shown = 0;
    const int entries = avformat_index_get_entries_count(stream);
    for (int at = 0; at < entries; ++at)
      if ((avformat_index_get_entry(stream, at)->flags & AVINDEX_DISCARD_FRAME) == 0) ++shown;
    return shown;
  }
  if (stream->nb_frames > 0) return stream->nb_frames;
  if (context_->duration == AV_NOPTS_VALUE || context_->duration <= 0) return 0;
  const double estimate = static_cast<double>(context_->duration) / AV_TIME_BASE * frames_per_second();
  return estimate < static_cast<double>(kLongestEstimate) ? std::llround(estimate) : 0;
}

double Input::start_seconds() const {
  return context_->start_time == AV_NOPTS_VALUE ? 0
                                                : static_cast<double>(context_->start_time) / AV_TIME_BASE;
}

}  // namespace dew::media
