// Frames, one after the other, from a file, the network, a camera or a pipe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/base.h"
#include "media/image.h"

namespace dew {

namespace media {
class FrameDecoder;
}

/// A source of frames that is read forwards. Nothing is kept but the present frame, so memory stays flat.
/// Frame n is the n-th that the decoder shows, from 0, as `ffmpeg -i in -vsync 0` counts them: edit lists are
/// applied, nothing is repeated or dropped. Frames are turned upright by the file's display matrix; colours
/// follow the matrix that the stream names, else BT.709 from 720 lines on and BT.601 below.
class FrameSource {
 public:
  /// `source`: a path, an address (http, https, rtsp, rtsps, rtmp, udp), `camera:0` or `camera:/dev/video0`
  /// (Video4Linux), `-` or `pipe:` for standard input (MJPEG, Matroska, MPEG-TS ...). A file whose name looks
  /// like one of these is given as ./name. Opens only what is named: playlists in files are refused.
  /// Error: cannot be opened, not a video, sound only, larger than the limits; the network or the camera
  /// gave nothing for 30 seconds; interrupted.
  static Result<FrameSource> open(const std::string& source, const MediaLimits& limits, Watch& watch);
  FrameSource(FrameSource&&) noexcept;
  FrameSource& operator=(FrameSource&&) noexcept;
  ~FrameSource();

  /// Goes to the next frame; false at the end. `watch` is asked while it waits for data.
  /// Error: interrupted, the stream broke off or stalled, more frames than the limits allow, no frame at all.
  Result<bool> advance(Watch& watch);

  [[nodiscard]] int64_t number() const;  ///< of the present frame, from 0; -1 before the first advance()
  /// When the present frame is shown, from the start of the file; of a live source from its first frame.
  [[nodiscard]] double seconds() const;
  /// The present frame; the last one after the end. Every frame has the size of the first one, to which
  /// others are scaled.
  Result<Image> image();

  [[nodiscard]] bool live() const;  ///< a camera, a pipe or an address: cannot be read again
  /// A camera, or an address that gives no length: its frames come as they happen, and its end is a loss.
  [[nodiscard]] bool endless() const;
  [[nodiscard]] int64_t promised_frames() const;   ///< by the header, often an estimate; 0: unknown
  [[nodiscard]] double frames_per_second() const;  ///< 0: unknown

 private:
  explicit FrameSource(std::unique_ptr<media::FrameDecoder> decoder);
  std::unique_ptr<media::FrameDecoder> decoder_;
};

/// A source of frames as it may be shown or logged: without the user name, password and query of an address,
/// without control characters.
std::string printable_source(const std::string& source);

}  // namespace dew
