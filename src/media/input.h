// FFmpeg's demuxer over a file, an address, a camera, a microphone or a pipe: packets of one stream.
#pragma once

#include <chrono>

#include "media/av.h"
#include "media/source.h"

namespace dew::media {

enum class Wanted { kPicture, kSound };

class Input {
 public:
  /// Error: see FrameSource::open and SoundSource::open.
  static Result<std::unique_ptr<Input>> open(const Source& source, const MediaLimits& limits, Watch& watch,
                                             Wanted wanted = Wanted::kPicture);
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input();

  /// The next packet of the stream; false at the end. Error: interrupted, stalled, or a live source broke
  /// off. A file that cannot be read further is at its end.
  Result<bool> read(AVPacket& packet, Watch& watch);

  [[nodiscard]] const AVStream& stream() const { return *context_->streams[stream_]; }
  [[nodiscard]] bool live() const { return source_.origin != Origin::kFile; }
  [[nodiscard]] bool endless() const;  ///< see FrameSource
  [[nodiscard]] const std::string& name() const { return source_.name; }
  [[nodiscard]] double frames_per_second() const;  ///< 0: unknown
  [[nodiscard]] int64_t promised_frames() const;   ///< 0: unknown
  /// Where the clock of a file starts, in seconds.
  [[nodiscard]] double start_seconds() const;

 private:
  explicit Input(Source source) : source_(std::move(source)) {}
  Result<void> open_container(const MediaLimits& limits);
  [[nodiscard]] Result<void> check_sizes(const MediaLimits& limits) const;
  Result<void> choose_stream(Wanted wanted);
  Result<void> choose_picture();
  Result<void> choose_sound();
  tl::unexpected<Error> failure(int code, const std::string& what) const;
  void wait_with(Watch& watch);
  static int asked_to_stop(void* input);
  static int read_pipe(void* input, uint8_t* to, int count);

  Source source_;
  Watch* watch_ = nullptr;  ///< of the call that is running
  std::chrono::steady_clock::time_point deadline_;
  bool stalled_ = false;
  std::unique_ptr<AVIOContext, void (*)(AVIOContext*)> pipe_{nullptr, nullptr};
  FormatContext context_;
  unsigned stream_ = 0;
};

}  // namespace dew::media
