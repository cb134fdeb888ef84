// Frames of a video file by their number.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "base/base.h"
#include "media/image.h"

namespace dew {

/// A video file that is read forwards: a frame costs the frames since the last one asked for, and one before
/// it a new start. For many frames in order; seeking is inexact in most formats and is not used. For what a
/// frame's number means see FrameSource.
class VideoReader {
 public:
  /// Error: as inspect_media's, except that the end of the file is not looked at.
  static Result<VideoReader> open(const fs::path& path, const MediaLimits& limits = {});
  VideoReader(VideoReader&&) noexcept;
  VideoReader& operator=(VideoReader&&) noexcept;
  ~VideoReader();

  [[nodiscard]] int64_t promised_frames() const;   ///< by the header, often an estimate; 0: unknown
  [[nodiscard]] double frames_per_second() const;  ///< 0: unknown
  [[nodiscard]] int64_t next() const;              ///< number of the frame that skip() passes over
  bool skip();                                     ///< false at the end
  /// The frame of that number, from 0; valid until the next call. Error: past the end, or undecodable.
  Result<const Image*> frame(int64_t number);

 private:
  struct Inside;
  explicit VideoReader(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

/// Decodes one pass over the video and hands out the frames whose numbers (ascending, from 0) are asked
/// for. `give` may return an error to stop. A number past the end is an error.
Result<void> read_frames(const fs::path& path, std::span<const int64_t> numbers,
                         const std::function<Result<void>(int64_t number, const Image& frame)>& give,
                         Watch& watch, const MediaLimits& limits = {});

}  // namespace dew
