// Frame n is the ffmpeg program's frame n, for every codec and every way of cutting that it can make.
#include <gmock/gmock.h>

#include "tests/media/ffmpeg.h"

namespace dew {
namespace {

using namespace dew::testing;

constexpr int kWidth = 160;
constexpr int kHeight = 96;
constexpr int kFrames = 60;

/// One way to make a file. `steps` are ffmpeg's arguments; "IN" stands for the numbered frames, "A" and "OUT"
/// for a file between and the result.
struct Recipe {
  const char* name;
  const char* encoder;
  const char* file;
  std::vector<std::vector<std::string>> steps;
  int frames = kFrames;  ///< -1: whatever ffmpeg gives
};

std::vector<std::string> x264(std::vector<std::string> more) {
  std::vector<std::string> arguments{"IN",   "-c:v", "libx264",  "-preset", "ultrafast",
                                     "-crf", "12",   "-pix_fmt", "yuv420p"};
  more.push_back("OUT");
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::vector<Recipe> recipes() {
  const std::vector<std::string> groups{"-bf", "3", "-g", "12", "-x264-params", "open-gop=1:b-adapt=0"};
  std::vector<std::string> to_a = x264(groups);
  to_a.back() = "A";
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> all = groups;
    all.insert(all.end(), more.begin(), more.end());
    return x264(all);
  };
  return {
      {"H264OpenGop", "libx264", "a.mp4", {with({})}},
      {"H264InMatroska", "libx264", "a.mkv", {with({})}},
      {"H264Interlaced",
       "libx264",
       "a.mp4",
       {x264({"-flags", "+ilme+ildct", "-x264-params", "interlaced=1"})}},
      {"H264Fragmented", "libx264", "a.mp4", {with({"-movflags", "frag_keyframe+empty_moov"})}},
      {"H264VariableRate",
       "libx264",
       "a.mp4",
       {x264({"-vf", "setpts=(N+3*floor(N/7))/20/TB", "-vsync", "vfr"})}},
      {"H264EditList", "libx264", "a.mp4", {to_a, {"-ss", "1.37", "-i", "A", "-c", "copy", "OUT"}}, -1},
      {"H264CutOffEnd", "libx264", "a.mp4", {to_a, {"-i", "A", "-t", "1.2", "-c", "copy", "OUT"}}, -1},
      {"H264Raw", "libx264", "a.h264", {with({})}},
      {"H264TransportStream", "libx264", "a.ts", {with({})}},
      {"H264Camcorder", "libx264", "a.mts", {with({"-f", "mpegts", "-mpegts_m2ts_mode", "1"})}},
      {"Hevc",
       "libx265",
       "a.mp4",
       {{"IN", "-c:v", "libx265", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p", "-x265-params",
         "log-level=none:keyint=12:open-gop=1:bframes=3", "OUT"}}},
      {"HevcRaw",
       "libx265",
       "a.hevc",
       {{"IN", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "OUT"}}},
      {"Vp9",
       "libvpx-vp9",
       "a.webm",
       {{"IN", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M", "-auto-alt-ref",
         "1", "-lag-in-frames", "12", "OUT"}}},
      {"Av1", "libsvtav1", "a.mkv", {{"IN", "-c:v", "libsvtav1", "-preset", "12", "-crf", "20", "OUT"}}},
      {"MotionJpeg", "mjpeg", "a.avi", {{"IN", "-c:v", "mjpeg", "-q:v", "3", "OUT"}}},
      {"MotionJpegInMatroska", "mjpeg", "a.mkv", {{"IN", "-c:v", "mjpeg", "-q:v", "3", "OUT"}}},
      {"Mpeg4", "mpeg4", "a.mp4", {{"IN", "-c:v", "mpeg4", "-q:v", "3", "-bf", "2", "-g", "12", "OUT"}}},
      {"Mpeg4InAvi", "mpeg4", "a.avi", {{"IN", "-c:v", "mpeg4", "-q:v", "3", "OUT"}}},
      {"Mpeg2Program",
       "mpeg2video",
       "a.mpg",
       {{"IN", "-r", "25", "-c:v", "mpeg2video", "-q:v", "3", "-bf", "2", "OUT"}},
       -1},
      {"Gif", "gif", "a.gif", {{"IN", "OUT"}}},
      {"Apng", "apng", "a.png", {{"IN", "-f", "apng", "OUT"}}},
  };
}

class FramesOfFfmpeg : public ::testing::TestWithParam<Recipe> {};

TEST_P(FramesOfFfmpeg, AreOurs) {
  const Recipe& recipe = GetParam();
  if (!has_ffmpeg()) GTEST_SKIP() << "NOT TESTED: ffmpeg is absent; scripts/install test";
  if (!has_encoder(recipe.encoder)) GTEST_SKIP() << "NOT TESTED: ffmpeg has no encoder " << recipe.encoder;
  const auto folder = TemporaryFolder::create();
  const fs::path path = folder->path() / recipe.file;
  for (const auto& step : recipe.steps) {
    std::vector<std::string> arguments;
    for (const std::string& word : step) {
      if (word == "IN") {
        for (const std::string& input : raw_input(folder->path(), kFrames, kWidth, kHeight))
          arguments.push_back(input);
      } else {
        arguments.push_back(word == "A"     ? (folder->path() / "between.mp4").string()
                            : word == "OUT" ? path.string()
                                            : word);
      }
    }
    ffmpeg(arguments);
  }
  const auto theirs = frames_by_ffmpeg(path, folder->path(), kWidth, kHeight);
  const auto ours = frames_by_us(path);
  ASSERT_FALSE(theirs.empty());
  ASSERT_EQ(ours.size(), theirs.size());
  if (recipe.frames >= 0) {
    EXPECT_EQ(static_cast<int>(ours.size()), recipe.frames);
  }
  for (size_t number = 0; number < ours.size(); ++number) {
    EXPECT_EQ(painted_number(ours[number]), painted_number(theirs[number])) << "frame " << number;
    if (recipe.frames >= 0) {
      EXPECT_EQ(painted_number(ours[number]), static_cast<int>(number));
    }
    const Difference apart = difference(ours[number], theirs[number]);
    EXPECT_LE(apart.mean, 2) << "frame " << number;
    EXPECT_LE(apart.percentile_95, 2) << "frame " << number;
  }
  Watch watch;
  const auto info = inspect_media(path, {}, watch);
  ASSERT_TRUE(info) << told(info);
  EXPECT_EQ(info->frames, static_cast<int64_t>(ours.size()));
}

INSTANTIATE_TEST_SUITE_P(All, FramesOfFfmpeg, ::testing::ValuesIn(recipes()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace dew
