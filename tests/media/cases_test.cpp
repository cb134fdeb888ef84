// Files that people brought and that went wrong once: the right value of each.
#include <gmock/gmock.h>

#include "tests/media/samples.h"

namespace dew {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Image first_frame(const fs::path& path) {
  auto reader = VideoReader::open(path);
  if (!reader) return {};
  const auto frame = reader->frame(0);
  return frame ? **frame : Image{};
}

/// The strongest channel in a corner.
char corner(const Image& image, bool right, bool bottom) {
  const int x = right ? image.width - 10 : 9;
  const int y = bottom ? image.height - 10 : 9;
  const uint8_t* const pixel = image.rgb.data() + static_cast<ptrdiff_t>((y * image.width + x) * 3);
  return "rgb"[std::max_element(pixel, pixel + 3) - pixel];
}

TEST(Cases, PortraitVideoStandsUpright) {
  const Image quarter = first_frame(kCases / "r90.mp4");
  ASSERT_EQ(quarter.width, 120);
  ASSERT_EQ(quarter.height, 160);
  EXPECT_EQ(corner(quarter, false, false), 'g');
  EXPECT_EQ(corner(quarter, true, true), 'b');
  const Image three_quarters = first_frame(kCases / "r270.mp4");
  EXPECT_EQ(corner(three_quarters, false, false), 'b');
  EXPECT_EQ(corner(three_quarters, true, true), 'g');
}

TEST(Cases, ALosslesslyTrimmedVideoIsWhole) {
  const auto info = inspect(kCases / "trimmed_losslessly.mp4");
  ASSERT_TRUE(info) << told(info);
  EXPECT_EQ(info->frames, 90);
  EXPECT_EQ(VideoReader::open(kCases / "trimmed_losslessly.mp4")->promised_frames(), 90);
}

TEST(Cases, AHalfJpegWithAnEndMarkIsRefused) {
  EXPECT_THAT(told(inspect(kCases / "half_with_eoi.jpg")),
              AllOf(HasSubstr("damaged"), HasSubstr("premature end"), HasSubstr("half_with_eoi.jpg")));
}

TEST(Cases, FormatsUnderOddNamesAreRead) {
  for (const char* name : {"chrome_saved.jfif", "rgb565.bmp", "IMG_0001.HEIC"}) {
    const auto info = inspect(kCases / name);
    ASSERT_TRUE(info) << told(info);
    EXPECT_EQ(info->kind, MediaKind::kImage);
    EXPECT_EQ(info->width, 128) << name;
    EXPECT_EQ(media_kind(name), MediaKind::kImage) << name;
  }
}

TEST(Cases, SoundHoldsNoPicture) {
  EXPECT_THAT(told(inspect(kCases / "audio.mp4")),
              AllOf(HasSubstr("holds no picture"), Not(HasSubstr("damaged"))));
}

}  // namespace
}  // namespace dew
