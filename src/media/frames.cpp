#include "media/frames.h"

#include "media/frame_decoder.h"

namespace dew {
namespace media {

Result<Decoder> open_source(const Source& source, const MediaLimits& limits, Watch& watch) {
  if (source.origin == Origin::kFile && source.format == Format::kWebp)
    return open_animated_webp(source, limits);
  if (source.origin == Origin::kFile && source.format == Format::kIdx) return open_idx(source, limits);
  return open_by_ffmpeg(source, limits, watch);
}

tl::unexpected<Error> no_frames(const std::string& name, const std::string& words) {
  return work_error("the video has no frame that can be decoded" + (words.empty() ? "" : " (" + words + ")"),
                    name, "check that it plays; if it was copied, copy it again");
}

}  // namespace media

FrameSource::FrameSource(std::unique_ptr<media::FrameDecoder> decoder) : decoder_(std::move(decoder)) {}
FrameSource::FrameSource(FrameSource&&) noexcept = default;
FrameSource& FrameSource::operator=(FrameSource&&) noexcept = default;
FrameSource::~FrameSource() = default;

Result<FrameSource> FrameSource::open(const std::string& source, const MediaLimits& limits, Watch& watch) {
  DEW_TRY(const media::Source found, media::find_source(source));
  DEW_TRY(media::Decoder decoder, media::open_source(found, limits, watch));
  return FrameSource(std::move(decoder));
}

Result<bool> FrameSource::advance(Watch& watch) {
  return decoder_->advance(watch);
}

Result<Image> FrameSource::image() {
  return decoder_->image();
}

int64_t FrameSource::number() const {
  return decoder_->number();
}

double FrameSource::seconds() const {
  return decoder_->seconds();
}

bool FrameSource::live() const {
  return decoder_->live();
}

bool FrameSource::endless() const {
  return decoder_->endless();
}

int64_t FrameSource::promised_frames() const {
  return decoder_->promised_frames();
}

double FrameSource::frames_per_second() const {
  return decoder_->frames_per_second();
}

}  // namespace dew
