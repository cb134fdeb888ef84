// Which way up frames are, their colours, times and sizes, held against the ffmpeg program.
#include <gmock/gmock.h>

#include "tests/media/ffmpeg.h"

namespace dew {
namespace {

using namespace dew::testing;

class PicturesOfFfmpeg : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_ffmpeg() || !has_encoder("libx264"))
      GTEST_SKIP() << "NOT TESTED: ffmpeg or its libx264 is absent; scripts/install test";
  }
  [[nodiscard]] fs::path at(const char* name) const { return folder_.path() / name; }

  void encode(int frames, int width, int height, const std::vector<std::string>& how, const char* name) {
    std::vector<std::string> arguments = raw_input(folder_.path(), frames, width, height);
    arguments.insert(arguments.end(), how.begin(), how.end());
    arguments.push_back(at(name).string());
    ffmpeg(arguments);
  }

  TemporaryFolder folder_ = *TemporaryFolder::create();
};

/// ISO/IEC 14496-12, 8.3.2: the track header's matrix, 40 bytes behind its type.
void set_display_matrix(const fs::path& path, int a, int b, int c, int d) {
  std::string bytes = *read_file(path);
  const size_t header = bytes.find("tkhd");
  ASSERT_NE(header, std::string::npos);
  const auto fixed = [](int value) { return big_endian(static_cast<uint32_t>(value) << 16, 4); };
  const std::string zero(4, '\0');
  bytes.replace(header + 44, 20, fixed(a) + fixed(b) + zero + fixed(c) + fixed(d));
  ASSERT_TRUE(write_file(path, bytes));
}

TEST_F(PicturesOfFfmpeg, EveryTurnAndMirroringIsTheirs) {
  const std::vector<std::array<int, 4>> matrices{{1, 0, 0, 1},  {0, 1, -1, 0}, {-1, 0, 0, -1},
                                                 {0, -1, 1, 0}, {-1, 0, 0, 1}, {1, 0, 0, -1},
                                                 {0, 1, 1, 0},  {0, -1, -1, 0}};
  encode(3, 160, 96, {"-c:v", "libx264", "-crf", "5", "-pix_fmt", "yuv420p"}, "a.mp4");
  for (const auto& [a, b, c, d] : matrices) {
    set_display_matrix(at("a.mp4"), a, b, c, d);
    const bool turned = a == 0;
    const auto theirs = frames_by_ffmpeg(at("a.mp4"), folder_.path(), turned ? 96 : 160, turned ? 160 : 96);
    const auto ours = frames_by_us(at("a.mp4"));
    ASSERT_EQ(theirs.size(), 3U);
    ASSERT_EQ(ours.size(), 3U);
    for (size_t number = 0; number < 3; ++number) {
      const Difference apart = difference(ours[number], theirs[number]);
      EXPECT_LE(apart.mean, 2) << a << b << c << d;
      EXPECT_LE(apart.percentile_95, 2) << a << b << c << d;
    }
  }
}

struct Colours {
  const char* matrix;
  const char* named;  ///< as the stream names it; nullptr: not at all
  const char* range;
  int width;
  int height;
};

TEST_F(PicturesOfFfmpeg, ColoursFollowTheMatrixThatTheFileNames) {
  // Named: as ffmpeg shows them. Not named: as they were painted, by what players assume for the size.
  const std::vector<Colours> all{
      {"bt709", "bt709", "tv", 320, 240},       {"smpte170m", "smpte170m", "tv", 1280, 720},
      {"bt2020nc", "bt2020nc", "tv", 320, 240}, {"bt709", "bt709", "pc", 320, 240},
      {"bt709", nullptr, "tv", 1280, 720},      {"smpte170m", nullptr, "tv", 640, 576}};
  for (const Colours& one : all) {
    const bool bt2020 = std::string(one.matrix) == "bt2020nc";
    const std::string scale = std::string("scale=out_color_matrix=") + (bt2020 ? "bt2020" : one.matrix) +
                              ":out_range=" + one.range +
                              ":flags=accurate_rnd+full_chroma_int,format=yuv420p";
    std::vector<std::string> how{"-vf",       scale,  "-c:v", "libx264",      "-preset",
                                 "ultrafast", "-crf", "3",    "-color_range", one.range};
    how.insert(how.end(), {"-colorspace", one.named != nullptr ? one.named : "unknown"});
    encode(2, one.width, one.height, how, "a.mp4");
    const auto ours = frames_by_us(at("a.mp4"));
    ASSERT_EQ(ours.size(), 2U);
    const Image painted = numbered_frame(0, one.width, one.height);
    const Difference from_painted = difference(ours[0], painted);
    EXPECT_LE(from_painted.mean, 2) << one.matrix << " " << one.height;
    if (one.named == nullptr) continue;
    const auto theirs = frames_by_ffmpeg(at("a.mp4"), folder_.path(), one.width, one.height);
    ASSERT_EQ(theirs.size(), 2U);
    const Difference apart = difference(ours[0], theirs[0]);
    EXPECT_LE(apart.mean, 2) << one.matrix << " " << one.height;
    EXPECT_LE(apart.percentile_95, 2) << one.matrix << " " << one.height;
  }
}

TEST_F(PicturesOfFfmpeg, TimesAreThoseOfAVariableRate) {
  encode(40, 160, 96,
         {"-vf", "setpts=(N+3*floor(N/7))/20/TB", "-vsync", "vfr", "-c:v", "libx264", "-preset", "ultrafast"},
         "a.mp4");
  Watch watch;
  auto source = FrameSource::open(at("a.mp4").string(), {}, watch);
  ASSERT_TRUE(source) << told(source);
  EXPECT_EQ(source->number(), -1);
  EXPECT_FALSE(source->live());
  for (int number = 0; number < 40; ++number) {
    ASSERT_TRUE(*source->advance(watch));
    EXPECT_NEAR(source->seconds(), (number + 3.0 * (number / 7)) / 20, 0.001);  // NOLINT: whole sevens
  }
  EXPECT_FALSE(*source->advance(watch));
}

// A recording that was joined in the middle of a group of pictures, as from the air or after a cut.
TEST_F(PicturesOfFfmpeg, AStreamThatBeginsInTheMiddleHasTheirFrames) {
  encode(60, 160, 96, {"-c:v", "libx264", "-bf", "3", "-g", "15", "-x264-params", "open-gop=1"}, "whole.ts");
  const std::string bytes = *read_file(at("whole.ts"));
  ASSERT_TRUE(write_file(at("joined.ts"), bytes.substr(188 * (bytes.size() * 2 / 5 / 188))));
  const auto theirs = frames_by_ffmpeg(at("joined.ts"), folder_.path(), 160, 96);
  const auto ours = frames_by_us(at("joined.ts"));
  ASSERT_GT(theirs.size(), 10U);
  ASSERT_EQ(ours.size(), theirs.size());
  for (size_t number = 0; number < ours.size(); ++number)
    EXPECT_LE(difference(ours[number], theirs[number]).mean, 2) << number;
}

// Tiles are cut in pixels of the first frame, so a stream may not change its size under them.
TEST_F(PicturesOfFfmpeg, EveryFrameHasTheSizeOfTheFirst) {
  encode(5, 160, 96, {"-c:v", "libx264"}, "a.ts");
  encode(5, 320, 240, {"-c:v", "libx264"}, "b.ts");
  ASSERT_TRUE(write_file(at("both.ts"), *read_file(at("a.ts")) + *read_file(at("b.ts"))));
  const auto ours = frames_by_us(at("both.ts"));
  EXPECT_EQ(ours.size(), 10U);
  for (const Image& image : ours) {
    EXPECT_EQ(image.width, 160);
    EXPECT_EQ(image.height, 96);
  }
}

// FFmpeg 5 writes animated WebP and cannot read it, so the painted frames themselves are the measure.
TEST_F(PicturesOfFfmpeg, AnimatedWebpIsAVideo) {
  if (!has_encoder("libwebp_anim")) GTEST_SKIP() << "NOT TESTED: ffmpeg has no encoder libwebp_anim";
  encode(12, 160, 96, {"-c:v", "libwebp_anim", "-lossless", "1", "-loop", "0"}, "a.webp");
  const auto ours = frames_by_us(at("a.webp"));
  ASSERT_EQ(ours.size(), 12U);
  for (int number = 0; number < 12; ++number)
    EXPECT_LE(difference(ours[static_cast<size_t>(number)], numbered_frame(number, 160, 96)).mean, 2);
  const auto info = inspect(at("a.webp"));
  ASSERT_TRUE(info) << told(info);
  EXPECT_EQ(info->kind, MediaKind::kVideo);
  EXPECT_EQ(info->frames, 12);
  auto reader = VideoReader::open(at("a.webp"));
  ASSERT_TRUE(reader) << told(reader);
  for (const int number : {7, 2, 11}) EXPECT_EQ(painted_number(**reader->frame(number)), number);
  const std::string bytes = *read_file(at("a.webp"));
  ASSERT_TRUE(write_file(at("cut.webp"), bytes.substr(0, bytes.size() * 2 / 3)));
  EXPECT_FALSE(inspect(at("cut.webp")));
  EXPECT_EQ(painted_number(*read_image(at("a.webp"))), 0) << "as a picture, the first frame";
}

TEST_F(PicturesOfFfmpeg, SoundIsNotAPicture) {
  ffmpeg({"-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", at("sound.m4a").string()});
  EXPECT_THAT(told(inspect(at("sound.m4a"))), ::testing::HasSubstr("holds no picture: it is sound only"));
  ASSERT_TRUE(write_file(at("cover.png"), encode_png(plain(32, 32, 9, 9, 9))));
  ffmpeg({"-i", at("sound.m4a").string(), "-i", at("cover.png").string(), "-map", "0", "-map", "1", "-c",
          "copy", "-disposition:v:0", "attached_pic", at("cover.m4a").string()});
  EXPECT_THAT(told(inspect(at("cover.m4a"))), ::testing::HasSubstr("sound with a cover picture"));
}

}  // namespace
}  // namespace dew
