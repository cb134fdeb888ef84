// Splits: drawn from the source, in time order for videos, as a whole for pictures, and never drawn twice.
#include "store/split.h"

#include <gmock/gmock.h>

#include <random>

#include "tests/store/projects.h"

namespace dew {
namespace {

using namespace dew::testing;

using store::draw_split;

// Whatever the shares: training frames come first, then validation, then test, and each has its share of
// frames.
TEST(SplitRule, AVideoIsSplitInTime) {
  std::mt19937 random(11);
  const auto share = [&] { return static_cast<double>(random() % 901) / 1000; };
  for (int round = 0; round < 2000; ++round) {
    const auto frames = static_cast<int64_t>(1 + random() % 300);
    const double test = share();
    const double validation = share();
    const MediaInfo info{MediaKind::kVideo, 10, 10, frames, 10};
    const auto split = draw_split(info, sha256("x"), test, validation);
    std::array<int64_t, 3> count{};
    Split last = Split::kTrain;
    for (int64_t frame = 0; frame < frames; ++frame) {
      const Split now = split.of(frame);
      ASSERT_GE(now, last) << "frame " << frame << " of " << frames;
      last = now;
      ++count[static_cast<size_t>(now)];
    }
    const auto whole = static_cast<double>(frames);
    EXPECT_NEAR(static_cast<double>(count[2]), whole * test, 0.5001);
    EXPECT_NEAR(static_cast<double>(count[1]), static_cast<double>(frames - count[2]) * validation, 0.5001);
  }
}

TEST(SplitRule, PicturesFallByTheirBytesInTheSharesAskedFor) {
  const MediaInfo info{MediaKind::kImage, 10, 10, 1, 0};
  std::array<int, 3> count{};
  constexpr int kPictures = 20'000;
  for (int i = 0; i < kPictures; ++i) {
    const std::string hash = sha256(std::to_string(i));
    const auto split = draw_split(info, hash, 0.3, 0.1);
    EXPECT_EQ(split.of(0), draw_split(info, hash, 0.3, 0.1).of(0));
    ++count[static_cast<size_t>(split.of(0))];
  }
  EXPECT_NEAR(count[2], kPictures * 0.3, kPictures * 0.01);
  EXPECT_NEAR(count[1], kPictures * 0.07, kPictures * 0.01);
  EXPECT_EQ(draw_split(info, sha256("a"), 0, 0).of(0), Split::kTrain);
}

TEST(SplitRule, HasNames) {
  EXPECT_EQ(split_name(Split::kTrain), "train");
  EXPECT_EQ(split_name(Split::kValidation), "validation");
  EXPECT_EQ(split_name(Split::kTest), "test");
}

using SplitOfProject = InProject;

TEST_F(SplitOfProject, NoFrameAndNoPictureIsInTwoSplitsWhateverTheCuts) {
  ASSERT_TRUE(add(video_file("v.avi", 40), {3, 1, 1, false}));
  for (unsigned seed = 0; seed < 8; ++seed)
    ASSERT_TRUE(add(picture_file("p" + std::to_string(seed) + ".png", seed), {1, 3, 2, false}));
  // The shares are edited, and the same files are cut again.
  Settings edited = person();
  edited.test_share = 0.8;
  edited.validation_share = 0.5;
  ASSERT_TRUE(write_file(folder_ / "dewdrop.toml", to_toml(edited)));
  project_ = *Project::open(folder_);
  ASSERT_TRUE(add(temporary_.path() / "v.avi", {1, 4, 3, false}));
  for (unsigned seed = 0; seed < 8; ++seed)
    ASSERT_TRUE(add(temporary_.path() / ("p" + std::to_string(seed) + ".png"), {1, 2, 2, false}));

  std::map<std::pair<int64_t, int64_t>, Split> seen;
  std::array<int64_t, 3> first{1000, 1000, 1000};
  std::array<int64_t, 3> last{-1, -1, -1};
  const auto samples = project_.samples();
  for (const Sample& sample : *samples) {
    const auto [at, fresh] = seen.emplace(std::pair(sample.source, sample.frame.value_or(0)), sample.split);
    EXPECT_EQ(at->second, sample.split) << sample.name;
    if (!sample.frame) continue;
    const auto split = static_cast<size_t>(sample.split);
    first[split] = std::min(first[split], *sample.frame);
    last[split] = std::max(last[split], *sample.frame);
  }
  EXPECT_EQ(seen.size(), 40U + 8U);
  EXPECT_LT(last[0], first[1]);
  EXPECT_LT(last[1], first[2]);
  EXPECT_EQ(first[2], 28) << "30 % of 40 frames, as it was when the video came";
}

TEST_F(SplitOfProject, AGivenSplitHoldsForAllFramesAndStays) {
  const auto offer = [&](const fs::path& file, const Cut& cut, std::optional<Split> split) {
    return **project_.offer(file, file.filename().string(), cut, {split, {}}, watch_);
  };
  const fs::path video = video_file("v.avi", 20);
  const fs::path picture = picture_file("a.png", 1);
  const Added frames = offer(video, {5, 1, 1, false}, Split::kValidation);
  const Added one = offer(picture, {}, Split::kTest);
  EXPECT_NE(frames.source, one.source);
  (void)offer(video, {4, 1, 1, false}, Split::kTrain);
  EXPECT_EQ(offer(picture, {1, 2, 1, false}, std::nullopt).source, one.source);
  const auto samples = project_.samples();
  EXPECT_EQ(samples->size(), 8U + 3U);
  for (const Sample& sample : *samples)
    EXPECT_EQ(sample.split, sample.source == one.source ? Split::kTest : Split::kValidation) << sample.name;
}

}  // namespace
}  // namespace dew
