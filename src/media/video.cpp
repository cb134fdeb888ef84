// Videos: one pass over the frames, by OpenCV's FFmpeg backend. The number of frames is what decodes, and it
// is held against what the header promised.
#include <algorithm>
#include <cassert>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include "media/files.h"
#include "media/media.h"
#include "media/probe.h"
#include "media/quiet.h"

namespace dew {

/// The capture and the number of the frame it has grabbed last.
struct VideoReader::Inside {
  fs::path path;
  cv::VideoCapture capture;
  int64_t grabbed = -1;
  Image image;           ///< the frame decoded last ...
  int64_t decoded = -1;  ///< ... and its number
};

namespace {

constexpr int64_t kAdvanceEvery = 25;  // frames between two reports of progress

cv::VideoCapture open_capture(const fs::path& path) {
  const media::Quiet quiet;
  cv::VideoCapture capture;
  std::error_code code;
  try {
    // Absolute: a name like "http:x.avi" stays a file. FFmpeg only: other backends count frames otherwise.
    capture.open(fs::absolute(path, code).string(), cv::CAP_FFMPEG);
  } catch (const std::exception&) {
    capture.release();
  }
  return capture;
}

bool grab(cv::VideoCapture& capture) {
  const media::Quiet quiet;
  try {
    return capture.grab();
  } catch (const std::exception&) {
    return false;
  }
}

Result<Image> retrieve(cv::VideoCapture& capture, const fs::path& path) {
  const media::Quiet quiet;
  try {
    cv::Mat bgr;
    if (capture.retrieve(bgr) && bgr.type() == CV_8UC3) {
      Image image{bgr.cols, bgr.rows, std::vector<uint8_t>(bgr.total() * 3)};
      cv::Mat rgb(bgr.rows, bgr.cols, CV_8UC3, image.rgb.data());
      cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
      return image;
    }
  } catch (const std::exception&) {  // told below, like any frame that gives no picture
  }
  return work_error("a frame of the video gives no picture", path.string(),
                    "convert the video first: ffmpeg -i in.mp4 -c:v libx264 -pix_fmt yuv420p out.mp4");
}

int64_t promised_frames(const cv::VideoCapture& capture) {
  const double count = capture.get(cv::CAP_PROP_FRAME_COUNT);
  return std::isfinite(count) && count > 0 && count < 1e12 ? std::llround(count) : 0;
}

tl::unexpected<Error> no_frames(const fs::path& path) {
  return work_error("the video has no frame that can be decoded", path.string(),
                    "check that it plays; if it was copied, copy it again");
}

/// AVI and MP4 count their frames; in the others OpenCV multiplies a duration by a rate, which a variable
/// rate makes meaningless, so there only the container's own lengths are held against the file. A whole
/// file may miss a few of the counted frames, as those before the first key frame or cut by an edit list.
bool ends_early(const fs::path& path, const media::VideoHeader& header, int64_t promised, int64_t decoded) {
  const bool counted =
      header.container == media::Container::kAvi || header.container == media::Container::kIsoMedia;
  if (!counted) return header.missing_bytes > 0;
  if (decoded >= promised) return false;
  if (header.container == media::Container::kAvi) promised -= media::repeated_frames_of_avi(path);
  const int64_t spare = header.missing_bytes > 0 ? 0 : 2 + promised / 100;
  return decoded < promised - spare;
}

Result<MediaInfo> inspect_video(const fs::path& path, const MediaLimits& limits, Watch& watch) {
  DEW_TRY(const media::VideoHeader header, media::probe_video(path));
  DEW_TRY(VideoReader reader, VideoReader::open(path, limits));
  const int64_t promised = reader.promised_frames();
  watch.begin("reading " + path.filename().string(), promised);
  MediaInfo info{MediaKind::kVideo, 0, 0, 0, reader.frames_per_second()};
  const auto count = [&]() -> Result<void> {
    DEW_TRY(const Image* first, reader.frame(0));
    info.width = first->width;
    info.height = first->height;
    for (info.frames = 1; reader.skip(); ++info.frames) {
      if (watch.interrupted()) return interrupted_error();
      if (info.frames % kAdvanceEvery == 0) watch.advance(info.frames);
    }
    return {};
  };
  const Result<void> counted = count();
  watch.end();
  if (!counted) return tl::unexpected(counted.error());
  if (ends_early(path, header, promised, info.frames))
    return work_error("the video is cut off or damaged: it ends after " + with_commas(info.frames) +
                          " of the " + with_commas(promised) + " frames its header promises",
                      path.string(),
                      "get the file again; to use what is there, convert it: ffmpeg -i in out.mp4");
  return info;
}

Result<MediaInfo> inspect_image(const fs::path& path, const MediaLimits& limits) {
  DEW_TRY(const Image image, read_image(path, limits));
  return MediaInfo{MediaKind::kImage, image.width, image.height, 1, 0};
}

}  // namespace

VideoReader::VideoReader(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
VideoReader::VideoReader(VideoReader&&) noexcept = default;
VideoReader& VideoReader::operator=(VideoReader&&) noexcept = default;
VideoReader::~VideoReader() = default;

Result<VideoReader> VideoReader::open(const fs::path& path, const MediaLimits& limits) {
  DEW_CHECK(media::check_regular_file(path));
  DEW_CHECK(media::probe_video(path));
  auto inside = std::make_unique<Inside>();
  inside->path = path;
  inside->capture = open_capture(path);
  if (!inside->capture.isOpened())
    return work_error("the video cannot be opened: its header is damaged or cut off", path.string(),
                      "check that it plays; if it was copied, copy it again");
  DEW_CHECK(media::check_pixels(static_cast<int64_t>(inside->capture.get(cv::CAP_PROP_FRAME_WIDTH)),
                                static_cast<int64_t>(inside->capture.get(cv::CAP_PROP_FRAME_HEIGHT)), limits,
                                path.string()));
  return VideoReader(std::move(inside));
}

int64_t VideoReader::promised_frames() const {
  return dew::promised_frames(inside_->capture);
}

double VideoReader::frames_per_second() const {
  const double rate = inside_->capture.get(cv::CAP_PROP_FPS);
  return std::isfinite(rate) && rate > 0 ? rate : 0;
}

int64_t VideoReader::next() const {
  return inside_->grabbed + 1;
}

bool VideoReader::skip() {
  if (!grab(inside_->capture)) return false;
  ++inside_->grabbed;
  return true;
}

Result<const Image*> VideoReader::frame(int64_t number) {
  assert(number >= 0);
  if (number == inside_->decoded) return &inside_->image;
  if (number <= inside_->grabbed) {  // seeking in a video is inexact, so backwards is from the start
    inside_->capture = open_capture(inside_->path);
    inside_->grabbed = -1;
  }
  while (inside_->grabbed < number) {
    if (skip()) continue;
    if (inside_->grabbed < 0) return no_frames(inside_->path);
    return work_error("the video has no frame " + std::to_string(number) + ": it ends after " +
                          std::to_string(inside_->grabbed + 1) + " frames",
                      inside_->path.string(), "frames are counted from 0");
  }
  DEW_TRY(inside_->image, retrieve(inside_->capture, inside_->path));
  inside_->decoded = number;
  return &inside_->image;
}

Result<MediaInfo> inspect_media(const fs::path& path, const MediaLimits& limits, Watch& watch) {
  DEW_CHECK(check_media_file(path));
  if (media_kind(path) == MediaKind::kImage) return inspect_image(path, limits);
  return inspect_video(path, limits, watch);
}

Result<void> read_frames(const fs::path& path, std::span<const int64_t> numbers,
                         const std::function<Result<void>(int64_t number, const Image& frame)>& give,
                         Watch& watch) {
  assert(std::is_sorted(numbers.begin(), numbers.end()));
  if (numbers.empty()) return {};
  DEW_TRY(VideoReader reader, VideoReader::open(path));
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
