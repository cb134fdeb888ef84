// What a file is: its kind by name and by content, and whether all of it can be decoded.
#include "media/inspect.h"

#include <algorithm>
#include <array>

#include "media/files.h"
#include "media/frame_decoder.h"
#include "media/idx.h"
#include "media/probe.h"

namespace dew {
namespace {

constexpr int64_t kAdvanceEvery = 25;  // frames between two reports of progress

constexpr std::array kImageExtensions{".jpg", ".jpeg", ".jpe", ".jfif", ".png",  ".bmp",  ".webp", ".ppm",
                                      ".pgm", ".pbm",  ".pnm", ".tif",  ".tiff", ".heic", ".heif", ".avif",
                                      ".gif", ".jp2",  ".j2k", ".j2c",  ".jpf",  ".jpx"};
constexpr std::array kVideoExtensions{".avi",  ".mp4", ".m4v",  ".mov",  ".mkv", ".webm",  ".mpg",
                                      ".mpeg", ".ts",  ".3gp",  ".ogv",  ".wmv", ".flv",   ".mts",
                                      ".m2ts", ".m2t", ".264",  ".h264", ".265", ".h265",  ".hevc",
                                      ".ivf",  ".y4m", ".apng", ".vob",  ".asf", ".avifs", ".heics"};

Result<media::Format> format_of(const fs::path& path) {
  DEW_TRY(const std::string head, media::read_head(path));
  if (const auto format = media::recognise(head)) return *format;
  return work_error("this is not a picture or video that Dewdrop reads: by its first bytes it is " +
                        media::looks_like(head),
                    media::shown(path), media::kReadFormats);
}

/// AVI, MP4 and WebP count their frames (of MP4, those that an edit list hides are left out); elsewhere a
/// duration times a rate is a guess, so there only the container's own lengths are held against the file. A
/// whole file may miss a few of the counted frames, as those before the first key frame.
bool ends_early(const fs::path& path, const media::VideoHeader& header, int64_t promised, int64_t decoded) {
  const bool counted = header.format == media::Format::kAvi || header.format == media::Format::kIsoMedia ||
                       header.format == media::Format::kWebp;
  if (!counted || promised == 0) return header.missing_bytes > 0;
  if (decoded >= promised) return false;
  if (header.format == media::Format::kAvi) promised -= media::repeated_frames_of_avi(path);
  const int64_t spare = header.missing_bytes > 0 ? 0 : 2 + promised / 100;
  return decoded < promised - spare;
}

Result<MediaInfo> inspect_video(const fs::path& path, const MediaLimits& limits, Watch& watch) {
  DEW_TRY(const media::VideoHeader header, media::probe_video(path));
  DEW_TRY(const media::Source source, media::file_source(path));
  DEW_TRY(const media::Decoder decoder, media::open_source(source, limits, watch));
  const int64_t promised = decoder->promised_frames();
  watch.begin("reading " + media::shown(path.filename()), promised);
  const double rate = header.format == media::Format::kIdx ? kUnrelatedFrames : decoder->frames_per_second();
  MediaInfo info{MediaKind::kVideo, 0, 0, 0, rate, false};
  const auto count = [&]() -> Result<void> {
    while (true) {
      DEW_TRY(const bool more, decoder->advance(watch));
      if (!more) return {};
      if (++info.frames % kAdvanceEvery == 0) watch.advance(info.frames);
      if (info.frames > 1) continue;
      DEW_TRY(const Image first, decoder->image());
      info.width = first.width;
      info.height = first.height;
    }
  };
  const Result<void> counted = count();
  watch.end();
  if (!counted) return tl::unexpected(counted.error());
  if (ends_early(path, header, promised, info.frames))
    return work_error(
        "the video is cut off or damaged: it ends after " + with_commas(info.frames) +
            (promised > info.frames ? " of the " + with_commas(promised) + " frames its header promises"
                                    : " frames, and the file is shorter than its header says"),
        media::shown(path), "get the file again; to use what is there, convert it: ffmpeg -i in out.mp4");
  return info;
}

}  // namespace

std::optional<MediaKind> media_kind(const fs::path& path) {
  const std::string extension = lower(path.extension().string());
  const auto among = [&](const auto& list) {
    return std::find(list.begin(), list.end(), extension) != list.end();
  };
  if (among(kImageExtensions)) return MediaKind::kImage;
  if (among(kVideoExtensions)) return MediaKind::kVideo;
  return std::nullopt;
}

Result<MediaKind> detect_media_kind(const fs::path& path) {
  DEW_TRY(const media::Format format, format_of(path));
  const bool still = media::is_picture(format) && !media::is_animated(format, path);
  return still ? MediaKind::kImage : MediaKind::kVideo;
}

Result<std::vector<std::string>> picture_extensions(const fs::path& path) {
  DEW_TRY(const media::Format format, format_of(path));
  if (!media::is_picture(format) || media::is_animated(format, path))
    return work_error("this is a video, not a picture", media::shown(path));
  switch (format) {
    case media::Format::kJpeg:
      return std::vector<std::string>{".jpg", ".jpeg", ".jpe", ".jfif"};
    case media::Format::kPng:
      return std::vector<std::string>{".png"};
    case media::Format::kBmp:
      return std::vector<std::string>{".bmp"};
    case media::Format::kWebp:
      return std::vector<std::string>{".webp"};
    case media::Format::kPnm:
      return std::vector<std::string>{".ppm", ".pgm", ".pbm", ".pnm"};
    case media::Format::kTiff:
      return std::vector<std::string>{".tif", ".tiff"};
    case media::Format::kJpeg2000:
      return std::vector<std::string>{".jp2", ".j2k", ".j2c", ".jpf", ".jpx"};
    case media::Format::kGif:
      return std::vector<std::string>{".gif"};
    case media::Format::kHeif:
      return std::vector<std::string>{".heic", ".heif", ".avif"};
    default:
      return std::vector<std::string>();
  }
}

Result<void> check_media_file(const fs::path& path) {
  DEW_CHECK(detect_media_kind(path));
  return {};
}

Result<MediaInfo> inspect_media(const fs::path& path, const MediaLimits& limits, Watch& watch) {
  DEW_TRY(const MediaKind kind, detect_media_kind(path));
  if (kind == MediaKind::kVideo) return inspect_video(path, limits, watch);
  DEW_TRY(const std::string bytes, read_file(path, limits.max_bytes));
  return inspect_picture(bytes, media::shown(path), limits);
}

Result<MediaInfo> inspect_picture(std::string_view bytes, const std::string& name,
                                  const MediaLimits& limits) {
  constexpr int kEnoughForHash = 128;  // pixels along the shorter side
  DEW_TRY(media::Decoded decoded, media::decode_picture(bytes, {name, limits, kEnoughForHash, true}));
  MediaInfo info{MediaKind::kImage, decoded.whole.width, decoded.whole.height, 1, 0, decoded.transparent, {}};
  info.look = Look{detailed_hash(decoded.image), decoded.shot.taken, std::move(decoded.shot.camera)};
  return info;
}

}  // namespace dew
