// Videos: every frame counted, each the one that was asked for, and a cut-off file found out.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/media/samples.h"

namespace dew {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// The numbers told by the frames themselves.
Result<std::vector<int>> numbers_read(const fs::path& path, const std::vector<int64_t>& wanted) {
  Watch watch;
  std::vector<int> seen;
  DEW_CHECK(read_frames(
      path, wanted,
      [&](int64_t number, const Image& frame) -> Result<void> {
        EXPECT_EQ(frame_number_in(frame), number);
        seen.push_back(frame_number_in(frame));
        return {};
      },
      watch));
  return seen;
}

class Video : public ::testing::Test {
 protected:
  TemporaryFolder folder_ = *TemporaryFolder::create();
  [[nodiscard]] fs::path at(const char* name) const { return folder_.path() / name; }
};

TEST_F(Video, FramesAreCountedAndFoundByNumber) {
  for (const char* name : {"a.avi", "b.mkv", "c.mp4"}) {
    write_video(at(name), 30, std::string(name) == "c.mp4" ? "mp4v" : "MJPG");
    const auto info = inspect(at(name));
    ASSERT_TRUE(info) << told(info);
    EXPECT_EQ(info->kind, MediaKind::kVideo);
    EXPECT_EQ(info->frames, 30) << name;
    EXPECT_EQ(info->width, 64);
    EXPECT_EQ(info->height, 48);
    EXPECT_NEAR(info->frames_per_second, 10, 0.01);
    EXPECT_EQ(numbers_read(at(name), {0, 1, 7, 7, 29}), (std::vector<int>{0, 1, 7, 7, 29})) << name;
    EXPECT_EQ(numbers_read(at(name), {})->size(), 0U);
    EXPECT_THAT(told(numbers_read(at(name), {3, 30})), HasSubstr("no frame 30: it ends after 30 frames"));
  }
}

TEST_F(Video, TheReaderGoesForwardsBackAndStays) {
  write_video(at("a.avi"), 20);
  auto reader = VideoReader::open(at("a.avi"));
  ASSERT_TRUE(reader) << told(reader);
  EXPECT_EQ(reader->promised_frames(), 20);
  for (const int64_t number : {5, 5, 19, 0, 3, 2}) {
    const auto frame = reader->frame(number);
    ASSERT_TRUE(frame) << told(frame);
    EXPECT_EQ(frame_number_in(**frame), number);
  }
  EXPECT_FALSE(reader->frame(20));
  EXPECT_TRUE(reader->frame(19)) << "an error is not the end of the reader";
}

TEST_F(Video, ACutOffCopySaysHowManyOfHowMany) {
  write_video(at("whole.avi"), 40);
  write_video(at("whole.mkv"), 40);
  write_video(at("whole.mp4"), 40, "mp4v");
  const std::string printed = [&] {
    ::testing::internal::CaptureStderr();
    for (int percent = 2; percent < 90; percent += 4) {
      cut_copy(at("whole.avi"), at("cut.avi"), percent / 100.0);
      const auto avi = inspect(at("cut.avi"));
      EXPECT_FALSE(avi) << percent;
      if (percent > 60) {
        EXPECT_THAT(told(avi), HasSubstr("of the 40 frames its header promises")) << percent;
      }
      cut_copy(at("whole.mkv"), at("cut.mkv"), percent / 100.0);
      EXPECT_FALSE(inspect(at("cut.mkv"))) << percent;
      cut_copy(at("whole.mp4"), at("cut.mp4"), percent / 100.0);
      EXPECT_FALSE(inspect(at("cut.mp4"))) << percent;
    }
    return ::testing::internal::GetCapturedStderr();
  }();
  EXPECT_EQ(printed, "");
}

TEST_F(Video, AFileThatIsNotAVideoSaysWhatItIs) {
  ASSERT_TRUE(write_file(at("text.avi"), "ffconcat version 1.0\nfile other.avi\n"));
  EXPECT_THAT(told(inspect(at("text.avi"))), AllOf(HasSubstr("it is text"), HasSubstr("text.avi")));
  ASSERT_TRUE(write_file(at("picture.mp4"), encode_jpeg(noise(8, 8))));
  EXPECT_THAT(told(VideoReader::open(at("picture.mp4"))), HasSubstr("it is a JPEG picture"));
  EXPECT_EQ(inspect(at("picture.mp4"))->kind, MediaKind::kImage) << "the content counts, not the name";
  ASSERT_TRUE(write_file(at("empty.mp4"), ""));
  EXPECT_THAT(told(inspect(at("empty.mp4"))), HasSubstr("0 bytes"));
  EXPECT_THAT(told(inspect(at("missing.mp4"))), HasSubstr("no such file"));
  EXPECT_THAT(told(numbers_read(at("missing.mp4"), {0})), HasSubstr("no such file"));
}

TEST_F(Video, AVideoWithoutFramesIsAnError) {
  write_video(at("none.avi"), 0);
  const auto info = inspect(at("none.avi"));
  ASSERT_FALSE(info);
  EXPECT_FALSE(info.error().next.empty());
}

TEST_F(Video, AFrameLargerThanTheLimitIsRefused) {
  write_video(at("a.avi"), 2);
  Watch watch;
  EXPECT_THAT(told(inspect_media(at("a.avi"), {64 * 48 - 1, 1 << 20}, watch)), HasSubstr("64 x 48"));
}

TEST_F(Video, CtrlCAndACallersErrorStopAtTheNextFrame) {
  write_video(at("a.avi"), 30);
  Impatient soon(5);
  EXPECT_EQ(inspect_media(at("a.avi"), {}, soon).error().what, "interrupted");
  Impatient soon_again(5);
  int given = 0;
  const std::vector<int64_t> all{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  const auto count = [&](int64_t, const Image&) -> Result<void> { return ++given, Result<void>(); };
  EXPECT_EQ(read_frames(at("a.avi"), all, count, soon_again).error().what, "interrupted");
  EXPECT_GT(given, 0);
  EXPECT_LT(given, 10);
  Watch watch;
  const auto refuse = [](int64_t, const Image&) -> Result<void> { return work_error("enough"); };
  EXPECT_EQ(read_frames(at("a.avi"), all, refuse, watch).error().what, "enough");
}

TEST_F(Video, ProgressIsToldWithTheFileName) {
  class Seen : public Watch {
   public:
    void begin(std::string_view what, int64_t total) override { begun = std::string(what), of = total; }
    void advance(int64_t done, std::string_view) override { last = done; }
    void end() override { ended = true; }
    std::string begun;
    int64_t of = 0;
    int64_t last = 0;
    bool ended = false;
  } seen;
  write_video(at("a.avi"), 60);
  ASSERT_TRUE(inspect_media(at("a.avi"), {}, seen));
  EXPECT_EQ(seen.begun, "reading a.avi");
  EXPECT_EQ(seen.of, 60);
  EXPECT_EQ(seen.last, 50);
  EXPECT_TRUE(seen.ended);
}

TEST_F(Video, OfDebiansOpencvDoc) {
  if (!fs::exists(kVtest)) GTEST_SKIP() << "NOT TESTED: vtest.avi is absent; install opencv-doc";
  const auto info = inspect(kVtest);
  ASSERT_TRUE(info) << told(info);
  EXPECT_EQ(info->frames, 795);
  EXPECT_EQ(info->width, 768);
  EXPECT_EQ(info->height, 576);
  EXPECT_EQ(info->frames_per_second, 10);
  cut_copy(kVtest, at("half.avi"), 0.5);
  EXPECT_THAT(told(inspect(at("half.avi"))), HasSubstr("of the 795 frames its header promises"));
  // A screen recording in which 376 of 444 frames say "the same again" by a length of 0.
  EXPECT_EQ(inspect(kVtest.parent_path() / "tree.avi")->frames, 68);
  cut_copy(kVtest.parent_path() / "tree.avi", at("cut.avi"), 0.7);
  EXPECT_THAT(told(inspect(at("cut.avi"))), HasSubstr("of the 444 frames"));
  // Two readers agree to the bit, however they get to the frame.
  auto reader = VideoReader::open(kVtest);
  Watch watch;
  const std::vector<int64_t> few{0, 15, 100};
  const auto agree = [&](int64_t number, const Image& frame) -> Result<void> {
    DEW_TRY(const Image* other, reader->frame(number));
    EXPECT_EQ(*other, frame) << number;
    return {};
  };
  EXPECT_TRUE(read_frames(kVtest, few, agree, watch));
}

}  // namespace
}  // namespace dew
