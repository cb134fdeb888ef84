// What gives frames: FFmpeg, libwebp for animated WebP, which FFmpeg before 8 does not read, or ours for IDX.
#pragma once

#include <cstdint>
#include <memory>

#include "base/base.h"
#include "media/decode.h"
#include "media/source.h"

namespace dew::media {

/// See FrameSource, which this is behind.
class FrameDecoder {
 public:
  FrameDecoder() = default;
  FrameDecoder(const FrameDecoder&) = delete;
  FrameDecoder& operator=(const FrameDecoder&) = delete;
  virtual ~FrameDecoder() = default;

  virtual Result<bool> advance(Watch& watch) = 0;
  virtual Result<Image> image() = 0;
  [[nodiscard]] virtual int64_t number() const = 0;
  [[nodiscard]] virtual double seconds() const = 0;
  [[nodiscard]] virtual bool live() const = 0;
  [[nodiscard]] virtual bool endless() const = 0;
  [[nodiscard]] virtual int64_t promised_frames() const = 0;
  [[nodiscard]] virtual double frames_per_second() const = 0;
};

using Decoder = std::unique_ptr<FrameDecoder>;

Result<Decoder> open_by_ffmpeg(const Source& source, const MediaLimits& limits, Watch& watch);
Result<Decoder> open_animated_webp(const Source& source, const MediaLimits& limits);
Result<Decoder> open_idx(const Source& source, const MediaLimits& limits);

/// The error of a video that was read to its end without a frame; `words` are the decoder's.
tl::unexpected<Error> no_frames(const std::string& name, const std::string& words);

/// Whichever of them reads the source.
Result<Decoder> open_source(const Source& source, const MediaLimits& limits, Watch& watch);

}  // namespace dew::media
