// Frames by number: one pass over the file, and a new start for a frame that has gone by.
#include "media/video.h"

#include <algorithm>
#include <cassert>

#include "media/files.h"
#include "media/frame_decoder.h"

namespace dew {

struct VideoReader::Inside {
  media::Source source;
  MediaLimits limits;
  Watch watch;  ///< of a file nobody waits for
  media::Decoder decoder;
  Image image;           ///< the frame converted last ...
  int64_t decoded = -1;  ///< ... and its number
};

VideoReader::VideoReader(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
VideoReader::VideoReader(VideoReader&&) noexcept = default;
VideoReader& VideoReader::operator=(VideoReader&&) noexcept = default;
VideoReader::~VideoReader() = default;

Result<VideoReader> VideoReader::open(const fs::path& path, const MediaLimits& limits) {
  auto inside = std::make_unique<Inside>();
  inside->limits = limits;
  DEW_TRY(inside->source, media::file_source(path));
  DEW_TRY(inside->decoder, media::open_source(inside->source, limits, inside->watch));
  return VideoReader(std::move(inside));
}

int64_t VideoReader::promised_frames() const {
  return inside_->decoder->promised_frames();
}

double VideoReader::frames_per_second() const {
  return inside_->decoder->frames_per_second();
}

int64_t VideoReader::next() const {
  return inside_->decoder->number() + 1;
}

bool VideoReader::skip() {
  const Result<bool> more = inside_->decoder->advance(inside_->watch);
  return more && *more;
}

Result<const Image*> VideoReader::frame(int64_t number) {
  assert(number >= 0);
  Inside& inside = *inside_;
  if (number == inside.decoded) return &inside.image;
  if (number < inside.decoder->number()) {  // seeking in a video is inexact, so backwards is from the start
    DEW_TRY(inside.decoder, media::open_source(inside.source, inside.limits, inside.watch));
  }
  while (inside.decoder->number() < number) {
    DEW_TRY(const bool more, inside.decoder->advance(inside.watch));
    if (more) continue;
    return work_error("the video has no frame " + std::to_string(number) + ": it ends after " +
                          std::to_string(inside.decoder->number() + 1) + " frames",
                      inside.source.name, "frames are counted from 0");
  }
  DEW_TRY(inside.image, inside.decoder->image());
  inside.decoded = number;
  return &inside.image;
}

Result<void> read_frames(const fs::path& path, std::span<const int64_t> numbers,
                         const std::function<Result<void>(int64_t number, const Image& frame)>& give,
                         Watch& watch, const MediaLimits& limits) {
  assert(std::is_sorted(numbers.begin(), numbers.end()));
  if (numbers.empty()) return {};
  DEW_TRY(VideoReader reader, VideoReader::open(path, limits));
  for (const int64_t number : numbers) {
    while (reader.next() < number && reader.skip())
      if (watch.interrupted()) return interrupted_error();
    if (watch.interrupted()) return interrupted_error();
    DEW_TRY(const Image* frame, reader.frame(number));
    DEW_CHECK(give(number, *frame));
  }
  return {};
}

}  // namespace dew
