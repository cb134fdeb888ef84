// From samples back to pictures, in whatever order they are asked for; and originals that went away.
#include <gmock/gmock.h>

#include "tests/store/projects.h"

namespace dew {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Pictures : public InProject {
 protected:
  std::vector<Sample> samples() { return *project_.samples(); }
};

TEST_F(Pictures, EachSampleShowsItsFrameAndTile) {
  ASSERT_TRUE(add(video_file("v.avi", 30), {4, 1, 1, false}));
  ASSERT_TRUE(add(picture_file("p.png", 5), {1, 2, 2, false}));
  const Image picture = noise(64, 48, 5);
  auto wanted = samples();
  std::reverse(wanted.begin(), wanted.end());
  wanted.push_back(wanted[5]);
  std::vector<Image> given(wanted.size());
  ASSERT_TRUE(project_.pictures(
      wanted,
      [&](size_t index, const Image& image) -> Result<void> {
        EXPECT_TRUE(given[index].empty()) << "each once";
        given[index] = image;
        return {};
      },
      watch_));
  for (size_t i = 0; i < wanted.size(); ++i) {
    ASSERT_FALSE(given[i].empty()) << wanted[i].name;
    EXPECT_EQ(project_.picture(wanted[i]), given[i]) << wanted[i].name;
    if (wanted[i].frame)
      EXPECT_EQ(frame_number_in(given[i]), *wanted[i].frame);
    else
      EXPECT_EQ(given[i], crop(picture, *wanted[i].region));
  }
}

TEST_F(Pictures, AskingForAnotherWhileTheyAreGivenIsNoDeadlock) {
  ASSERT_TRUE(add(video_file("v.avi", 6)));
  const auto wanted = samples();
  const auto both = [&](size_t index, const Image& image) -> Result<void> {
    EXPECT_EQ(project_.picture(wanted[index]), image);
    return {};
  };
  EXPECT_TRUE(project_.pictures(wanted, both, watch_));
}

TEST_F(Pictures, CtrlCAndACallersErrorStop) {
  ASSERT_TRUE(add(video_file("v.avi", 20)));
  const auto fine = [](size_t, const Image&) { return Result<void>(); };
  Impatient soon(4);
  EXPECT_EQ(project_.pictures(samples(), fine, soon).error().what, "interrupted");
  const auto enough = [](size_t, const Image&) -> Result<void> { return work_error("enough"); };
  EXPECT_EQ(project_.pictures(samples(), enough, watch_).error().what, "enough");
}

TEST_F(Pictures, ASampleThatIsNotOfItsSourceIsAnError) {
  ASSERT_TRUE(add(picture_file("p.png")));
  ASSERT_TRUE(add(video_file("v.avi", 3)));
  Sample outside = samples()[0];
  outside.region = Rect{0, 0, 65, 48};
  EXPECT_THAT(told(project_.picture(outside)), HasSubstr("outside its picture"));
  Sample late = samples()[1];
  late.frame = 3;
  EXPECT_THAT(told(project_.picture(late)), HasSubstr("no frame 3"));
  late.frame.reset();
  EXPECT_THAT(told(project_.picture(late)), HasSubstr("has no frame number"));
  late.source = 77;
  EXPECT_THAT(told(project_.picture(late)), HasSubstr("no source 77"));
}

TEST_F(Pictures, AnOriginalThatIsGoneOrChangedIsNamed) {
  const fs::path original = picture_file("p.png", 1);
  ASSERT_TRUE(add(original, {1, 1, 1, true}));
  const Sample sample = samples()[0];
  EXPECT_TRUE(project_.picture(sample));

  fs::last_write_time(original, fs::last_write_time(original) + std::chrono::hours(1));
  EXPECT_TRUE(project_.picture(sample)) << "a new date on the same bytes";

  const auto refuse = [](size_t, const Image&) -> Result<void> { return work_error("given"); };
  ASSERT_TRUE(write_file(original, encode_png(noise(64, 48, 2))));
  EXPECT_THAT(told(project_.picture(sample)),
              AllOf(HasSubstr("original of p.png has changed"), HasSubstr(original.string())));
  EXPECT_THAT(told(project_.pictures({sample}, refuse, watch_)), HasSubstr("has changed"));

  fs::rename(original, temporary_.path() / "moved.png");
  EXPECT_THAT(told(project_.picture(sample)),
              AllOf(HasSubstr("original of p.png is gone"), HasSubstr("dewdrop add --in-place")));

  // What the error says to do works.
  const fs::path moved = picture_file("moved.png", 1);
  EXPECT_EQ(add(moved, {1, 1, 1, true})->already_there, 1);
  EXPECT_TRUE(project_.picture(sample));
  EXPECT_EQ(project_.sources()->front().path, fs::canonical(moved));
}

TEST_F(Pictures, ACopyThatIsGoneOrDamagedIsHealedByAddingAgain) {
  const fs::path original = picture_file("p.png", 1);
  ASSERT_TRUE(add(original));
  const Sample sample = samples()[0];
  const fs::path copy = project_.sources()->front().path;
  EXPECT_EQ(project_.original(sample.source, watch_).value(), copy);
  fs::remove(copy);
  EXPECT_THAT(told(project_.original(sample.source, watch_)), HasSubstr("copy of p.png is gone"));
  EXPECT_THAT(told(project_.picture(sample)),
              AllOf(HasSubstr("copy of p.png is gone"), HasSubstr("dewdrop add")));
  ASSERT_TRUE(add(original));
  EXPECT_TRUE(project_.picture(sample));
  ASSERT_TRUE(write_file(copy, "rot"));
  EXPECT_THAT(told(project_.picture(sample)), HasSubstr("copy of p.png has changed"));
  ASSERT_TRUE(add(original));
  EXPECT_EQ(project_.picture(sample), noise(64, 48, 1));
}

}  // namespace
}  // namespace dew
