// Pictures that belong together: series by their numbers and looks, bursts by their times, look-alikes.
#include "store/grouping.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <random>
#include <set>

#include "store/split.h"

#include "tests/store/projects.h"

namespace dew {
namespace {

using namespace dew::testing;
using store::Gathered;
using store::Grouping;
using ::testing::Each;

class GroupingRule : public ::testing::Test {
 protected:
  store::Gathering gathering_;
  std::vector<Gathered>& all_ = gathering_.all;
  std::mt19937_64 random_{7};

  Gathered& add(const std::string& path, uint64_t hash) {
    Gathered one;
    one.source = std::ssize(all_) + 1;
    gathering_.place(one, path);
    one.lot = store::lot_of(sha256(path));
    one.hash = {hash, 60};
    all_.push_back(one);
    return all_.back();
  }
  /// The hash with `count` other bits.
  uint64_t moved(uint64_t hash, int count) {
    for (int i = 0; i < count; ++i) hash ^= uint64_t{1} << (random_() % 64);
    return hash;
  }
  /// A camera that moves on: each frame differs from the one before it in a few bits.
  void add_recording(const std::string& pattern, int frames) {
    uint64_t hash = random_();
    for (int i = 0; i < frames; ++i) add(fmt::format(fmt::runtime(pattern), i), hash = moved(hash, 4));
  }
  void add_photos(const std::string& pattern, int count) {
    for (int i = 0; i < count; ++i) add(fmt::format(fmt::runtime(pattern), i), random_());
  }
  [[nodiscard]] Grouping grouped() const { return store::group(all_, 0.3, 0.1); }
  /// Each picture's split as it is drawn for it alone.
  [[nodiscard]] std::vector<Split> drawn_alone() const {
    std::vector<Split> splits;
    for (const Gathered& one : all_) splits.push_back(store::draw_still(one.lot, 0.3, 0.1).of(0));
    return splits;
  }
};

int changes(const std::vector<Split>& splits) {
  int count = 0;
  for (size_t i = 1; i < splits.size(); ++i) count += splits[i] != splits[i - 1] ? 1 : 0;
  return count;
}

TEST_F(GroupingRule, FramesOfARecordingAreSplitInOrder) {
  for (const char* pattern : {"/a/frame_{:04d}.jpg", "/a/{}.png", "/a/vtest.avi-frame{}.png"}) {
    all_.clear();
    add_recording(pattern, 200);
    const Grouping found = grouped();
    EXPECT_EQ(found.grouped.series, 1) << pattern;
    EXPECT_EQ(found.grouped.series_pictures, 200);
    EXPECT_EQ(changes(found.splits), 2) << pattern;
    EXPECT_EQ(found.splits.front(), Split::kTrain);
    EXPECT_EQ(found.splits.back(), Split::kTest);
    EXPECT_NEAR(std::count(found.splits.begin(), found.splits.end(), Split::kTest), 60, 10);
  }
}

TEST_F(GroupingRule, TimesInNamesAreOneOrder) {
  uint64_t hash = random_();
  for (int second = 0; second < 300; ++second)
    add(fmt::format("/a/2024-01-01_10-{:02d}-{:02d}.jpg", second / 60, second % 60), hash = moved(hash, 3));
  EXPECT_EQ(grouped().grouped.series, 1);
  EXPECT_EQ(changes(grouped().splits), 2);
}

TEST_F(GroupingRule, EachOfSeveralRecordingsInAFolderIsSplitForItself) {
  add_recording("/a/clip1_{:03d}.jpg", 50);
  add_recording("/a/clip2_{:03d}.jpg", 50);
  const Grouping found = grouped();
  EXPECT_EQ(found.grouped.series, 2);
  EXPECT_EQ(changes(found.splits), 5);
  EXPECT_EQ(found.splits[49], Split::kTest);
  EXPECT_EQ(found.splits[50], Split::kTrain);
}

TEST_F(GroupingRule, ACamerasPhotosOfDifferentThingsAreNoSeries) {
  add_photos("/a/IMG_{:04d}.jpg", 999);
  const Grouping found = grouped();
  EXPECT_EQ(found.grouped.series, 0);
  EXPECT_EQ(found.splits, drawn_alone());
}

TEST_F(GroupingRule, PhotosOfOneThingAmongOthersStayTogether) {
  for (int thing = 0; thing < 100; ++thing) {
    const uint64_t hash = random_();
    for (int shot = 0; shot < 4; ++shot)
      add(fmt::format("/a/IMG_{:04d}.jpg", thing * 4 + shot), moved(hash, 2));
  }
  const Grouping found = grouped();
  EXPECT_EQ(found.grouped.series_pictures, 400);
  for (size_t i = 0; i < 400; ++i) EXPECT_EQ(found.splits[i], found.splits[i / 4 * 4]) << i;
  EXPECT_NEAR(std::count(found.splits.begin(), found.splits.end(), Split::kTest), 120, 60);
}

TEST_F(GroupingRule, PicturesThatAllLookSomewhatAlikeAreNoSeries) {
  const uint64_t digits = random_();  // such as digits in the middle of a black square
  for (int i = 0; i < 300; ++i) add(fmt::format("/a/{}.png", i), moved(digits, 8));
  EXPECT_EQ(grouped().splits, drawn_alone());
}

TEST_F(GroupingRule, FlatPicturesSayNothing) {
  for (int i = 0; i < 300; ++i) add(fmt::format("/a/{}.png", i), 0).hash.detail = 3;
  const Grouping found = grouped();
  EXPECT_EQ(found.grouped.series + found.grouped.alike, 0);
  EXPECT_EQ(found.splits, drawn_alone());
}

TEST_F(GroupingRule, ACutIsMovedToWhereTheSceneChanges) {
  const uint64_t day = random_();
  const uint64_t night = random_();
  for (int i = 0; i < 100; ++i) add(fmt::format("/a/{}.jpg", i), moved(i < 67 ? day : night, 1));
  const Grouping found = grouped();
  EXPECT_EQ(found.splits[66], Split::kValidation);
  EXPECT_EQ(found.splits[67], Split::kTest);
}

TEST_F(GroupingRule, NoPartOfASeriesShrinksMuchForItsCuts) {
  for (int round = 0; round < 200; ++round) {
    all_.clear();
    add_recording("/a/{}.jpg", 8 + round);
    const Grouping found = grouped();
    ASSERT_EQ(found.grouped.series, 1) << round;
    const auto whole = store::split_in_order(std::ssize(all_), 0.3, 0.1);
    const auto count = [&](Split split) {
      return std::count(found.splits.begin(), found.splits.end(), split);
    };
    EXPECT_GE(count(Split::kValidation) * 3, (whole.test_from - whole.validation_from) * 2) << round;
    EXPECT_NEAR(static_cast<double>(count(Split::kTest)),
                static_cast<double>(std::ssize(all_) - whole.test_from),
                1 + static_cast<double>(all_.size()) / 20);
    EXPECT_LE(changes(found.splits), 2);
  }
}

TEST_F(GroupingRule, PhotosOfOneMomentAreABurst) {
  for (int moment = 0; moment < 200; ++moment) {
    for (int shot = 0; shot < 3; ++shot) {
      Gathered& photo = add(fmt::format("/a/{}.jpg", sha256(std::to_string(3 * moment + shot))), random_());
      photo.taken = 1'700'000'000'000 + moment * 60'000 + shot * 1500;
      photo.camera = "Acme One";
    }
  }
  Grouping found = grouped();
  EXPECT_EQ(found.grouped.bursts, 200);
  EXPECT_EQ(found.grouped.burst_pictures, 600);
  for (size_t i = 0; i < 600; ++i) EXPECT_EQ(found.splits[i], found.splits[i / 3 * 3]) << i;
  // The same times by other cameras, in other folders, or all at once, which no camera does.
  for (size_t i = 0; i < 600; ++i) all_[i].camera = gathering_.shared.keep("Acme " + std::to_string(i % 3));
  EXPECT_EQ(grouped().grouped.bursts, 0);
  for (Gathered& one : all_) one.taken = 1'700'000'000'000;
  EXPECT_EQ(grouped().splits, drawn_alone());
}

TEST_F(GroupingRule, FilesOfOneShotShareASplit) {
  const std::vector<std::vector<std::string>> shots{
      {"/a/IMG_{}.HEIC", "/a/IMG_{}.MOV", "/a/img_{}.jpg", "/a/IMG_E{}.JPG"},
      {"/b/PXL_{}.jpg", "/b/PXL_{}-edited.jpg", "/b/PXL_{}~2.jpg", "/b/PXL_{}-bearbeitet~3.jpg"},
      {"/c/{}.jpg-0,0,64x48.png", "/c/{}.jpg-64,0,64x48.png", "/c/{}.jpg-0,48,64x48.png"},
      {"/d/IMG_{}(1).jpg", "/d/IMG_{}-edited(1).jpg", "/d/IMG_{}-EFFECTS(1).jpg", "/d/IMG_{} copy(1).jpg"},
      {"/e/PXL_{}.PORTRAIT-01.COVER.jpg", "/e/PXL_{}.PORTRAIT-02.ORIGINAL.jpg", "/e/PXL_{}.MP~2.jpg"},
      {"/f/00000IMG_00000_BURST2019010112000{}_COVER.jpg", "/f/00001IMG_00001_BURST2019010112000{}.jpg"},
      {"/g/IMG_20190101_1{}0_BURST001.jpg", "/g/IMG_20190101_1{}0_BURST002_COVER.jpg"},
      {"/h/20240101_12{}(0).jpg", "/h/20240101_12{}(1).jpg", "/h/20240101_12{}.jpg"}};
  for (const auto& names : shots) {
    all_.clear();
    for (int i = 1; i <= 40; ++i)
      for (const std::string& name : names)
        add(fmt::format(fmt::runtime(name), 1000 + 7 * i), random_()).clip = name.ends_with(".MOV");
    const Grouping found = grouped();
    std::set<Split> splits(found.splits.begin(), found.splits.end());
    EXPECT_GE(splits.size(), 2U);
    for (size_t i = 0; i < all_.size(); ++i)
      EXPECT_EQ(found.splits[i], found.splits[i / names.size() * names.size()]) << all_[i].name;
    EXPECT_EQ(found.grouped.bursts, 40);
    EXPECT_EQ(found.grouped.burst_pictures, 40 * std::ssize(names));
  }
}

TEST_F(GroupingRule, GroupsAreDrawnAsOftenAsSinglePictures) {
  constexpr int kShots = 400;
  constexpr int kFiles = 4;
  for (int i = 0; i < kShots; ++i)
    for (const char* name : {"/a/IMG_{}.HEIC", "/a/IMG_{}.MOV", "/a/img_{}.jpg", "/a/IMG_E{}.JPG"})
      add(fmt::format(fmt::runtime(name), 1000 + 7 * i), random_());
  const auto tested = grouped().splits;
  EXPECT_NEAR(std::count(tested.begin(), tested.end(), Split::kTest), 0.3 * kShots * kFiles,
              0.08 * kShots * kFiles);
}

TEST_F(GroupingRule, AProjectOfOneSmallGroupTrains) {
  for (int first = 0; first < 20; ++first) {
    all_.clear();
    for (const char* name : {"/a/IMG_{}.HEIC", "/a/IMG_{}.MOV", "/a/IMG_E{}.HEIC"})
      add(fmt::format(fmt::runtime(name), 1000 + first), random_());
    EXPECT_EQ(grouped().splits, std::vector<Split>(3, Split::kTrain));
  }
}

TEST_F(GroupingRule, OtherShotsAndOtherFoldersAreDrawnForThemselves) {
  for (int i = 1; i <= 60; ++i)
    for (const char* name :
         {"/a/IMG_{}.JPG", "/b/IMG_{}.JPG", "/a/IMG_{}_x.JPG", "/a/credit{}.jpg", "/a/trip (1{}).jpg"})
      add(fmt::format(fmt::runtime(name), 1000 + 7 * i), random_());
  const Grouping found = grouped();
  EXPECT_EQ(found.grouped.bursts, 0);
  EXPECT_EQ(found.splits, drawn_alone());
}

TEST_F(GroupingRule, OnePlaceInTheFramesOfAVideoIsOneSeries) {
  std::vector<uint64_t> hashes{random_(), random_(), random_()};
  for (int frame = 0; frame < 100; ++frame)
    for (size_t tile = 0; tile < hashes.size(); ++tile)
      add(fmt::format("/a/v.avi-frame{}-{},0,64x48.png", 15 * frame, 64 * tile),
          hashes[tile] = moved(hashes[tile], 4));
  const Grouping found = grouped();
  EXPECT_EQ(found.grouped.series, 3);
  EXPECT_EQ(found.grouped.series_pictures, 300);
}

TEST_F(GroupingRule, LookAlikesShareASplitWhereverTheyAre) {
  add_photos("/a/x{}y.jpg", 300);
  for (int i = 0; i < 300; ++i)
    add("/b/" + sha256(std::to_string(i)) + ".jpg", moved(all_[static_cast<size_t>(i)].hash.hash, 2));
  Grouping found = grouped();
  EXPECT_EQ(found.grouped.alike, 600);
  for (size_t i = 0; i < 300; ++i) EXPECT_EQ(found.splits[i], found.splits[i + 300]) << i;
  // Those that are there already keep theirs, and the others follow.
  for (size_t i = 0; i < 300; ++i) all_[i].split = i % 2 == 0 ? Split::kTest : Split::kTrain;
  found = grouped();
  EXPECT_EQ(found.grouped.alike, 300);
  for (size_t i = 0; i < 300; ++i) {
    EXPECT_EQ(found.splits[i], all_[i].split);
    EXPECT_EQ(found.splits[i + 300], all_[i].split);
  }
}

TEST_F(GroupingRule, AGroupThatIsMostOfAllStillHasItsTest) {
  const uint64_t scene = random_();  // a camera that stands still; its names say nothing
  for (int i = 0; i < 200; ++i) add("/a/" + sha256(std::to_string(i)) + ".jpg", scene);
  const Grouping found = grouped();
  EXPECT_NEAR(std::count(found.splits.begin(), found.splits.end(), Split::kTest), 60, 10);
}

TEST_F(GroupingRule, ClassesOfFewPicturesAreInEverySplitTheyCanBeIn) {
  constexpr int kClasses = 200;
  for (int i = 0; i < kClasses * 4; ++i)
    add(fmt::format("c{}/{}.png", i / 4, random_()), random_()).answer =
        gathering_.shared.keep(fmt::format("c{}", i / 4));
  const std::vector<Split> splits = grouped().splits;
  std::map<std::string_view, std::map<Split, int>> of;
  std::map<Split, int> total;
  for (size_t i = 0; i < splits.size(); ++i) {
    ++of[all_[i].answer][splits[i]];
    ++total[splits[i]];
  }
  for (auto& [answer, count] : of) {
    EXPECT_GE(count[Split::kTrain], 1) << answer;
    EXPECT_GE(count[Split::kTest], 1) << answer;
  }
  EXPECT_NEAR(total[Split::kTest], 0.3 * kClasses * 4, 1);
  EXPECT_NEAR(total[Split::kValidation], 0.7 * 0.1 * kClasses * 4, 1);
}

TEST_F(GroupingRule, TheOnlyPictureOfAClassTrains) {
  for (int i = 0; i < 50; ++i)
    add(fmt::format("{}.png", i), random_()).answer = gathering_.shared.keep(std::to_string(i));
  EXPECT_THAT(grouped().splits, Each(Split::kTrain));
}

TEST_F(GroupingRule, LookAlikesOfALabelledClassStayTogether) {
  for (int i = 0; i < 40; ++i) {
    const uint64_t hash = random_();
    for (const char* copy : {"a", "b"}) add(fmt::format("{}/{}.png", copy, random_()), hash).answer = "cat";
  }
  const std::vector<Split> splits = grouped().splits;
  for (size_t i = 0; i < splits.size(); i += 2) EXPECT_EQ(splits[i], splits[i + 1]);
  EXPECT_NEAR(std::ranges::count(splits, Split::kTest), 24, 1);
}

TEST_F(GroupingRule, ASeriesThatGrowsKeepsItsSplits) {
  add_recording("/a/{}.jpg", 150);
  const std::vector<Split> before = grouped().splits;
  for (size_t i = 0; i < 150; ++i)
    if (i < 100 && i % 10 != 5) all_[i].split = before[i];
  const std::vector<Split> after = grouped().splits;
  for (size_t i = 0; i < 100; ++i)
    EXPECT_EQ(after[i], i == 0 ? Split::kTrain : i % 10 != 5 ? before[i] : after[i - 1]);
  // What follows is a series of its own.
  EXPECT_EQ(after[100], Split::kTrain);
  EXPECT_EQ(after[149], Split::kTest);
}

using Settling = InProject;

/// A wide picture with a smooth pattern of its own.
Image scene(unsigned seed, double shift) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> draw(0.5, 3);
  const double a = draw(random);
  const double b = draw(random);
  const double c = draw(random);
  Image image{96, 64, {}};
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 96; ++x) {
      const double at = (x + shift) / 16.0;
      const double value =
          127 + 60 * std::sin(a * at + b * y / 16.0) + 60 * std::sin(c * at - a * y / 11.0 + seed);
      for (int channel = 0; channel < 3; ++channel)
        image.rgb.push_back(static_cast<uint8_t>(std::clamp(value, 0.0, 255.0)));
    }
  return image;
}

TEST_F(Settling, FramesInAFolderAreSplitAsAVideo) {
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(add(file(fmt::format("f_{}.png", i), encode_png(scene(1, i)))));
  const auto grouped = project_.settle_splits(watch_);
  ASSERT_TRUE(grouped) << told(grouped);
  EXPECT_EQ(grouped->series_pictures, 60);
  std::vector<Split> splits;
  const auto samples = *project_.samples();
  for (const Sample& sample : samples) splits.push_back(sample.split);
  EXPECT_EQ(changes(splits), 2);
  // Settled once, they stay; another cut of a source goes with it.
  EXPECT_EQ(project_.settle_splits(watch_)->series, 0);
  ASSERT_TRUE(add(temporary_.path() / "f_59.png", {1, 2, 1, false}));
  const auto cut_too = *project_.samples();
  for (const Sample& sample : cut_too) {
    if (!sample.name.starts_with("f_59")) continue;
    EXPECT_EQ(sample.split, Split::kTest) << sample.name;
  }
}

TEST_F(Settling, TheClipOfALivePhotoGoesWithItsPicture) {
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(add(file(fmt::format("IMG_{}.PNG", 100 + 7 * i), encode_png(scene(20 + i, 0)))));
    const fs::path clip = temporary_.path() / fmt::format("IMG_{}.avi", 100 + 7 * i);
    write_video(clip, 10 + i);
    ASSERT_TRUE(add(clip));
  }
  const fs::path alone = temporary_.path() / "walk.avi";
  write_video(alone, 30);
  ASSERT_TRUE(add(alone));
  ASSERT_TRUE(project_.settle_splits(watch_));
  std::map<std::string, std::set<Split>> splits;
  const auto samples = *project_.samples();
  for (const Sample& sample : samples)
    splits[sample.name.substr(0, sample.name.find('.'))].insert(sample.split);
  EXPECT_EQ(splits["walk"].size(), 3U) << "a video of its own is split in its order";
  std::set<Split> all;
  for (const auto& [shot, of] : splits) {
    if (shot == "walk") continue;
    EXPECT_EQ(of.size(), 1U) << shot;
    all.insert(of.begin(), of.end());
  }
  EXPECT_GE(all.size(), 2U);
}

TEST_F(Settling, AGivenSplitIsNotTouched) {
  for (int i = 0; i < 40; ++i)
    ASSERT_TRUE(*project_.offer(file(fmt::format("f_{}.png", i), encode_png(scene(1, i))),
                                fmt::format("f_{}.png", i), {}, {Split::kTrain, {}}, watch_));
  EXPECT_EQ(project_.settle_splits(watch_)->series, 0);
  const auto samples = *project_.samples();
  for (const Sample& sample : samples) EXPECT_EQ(sample.split, Split::kTrain);
}

TEST_F(Settling, WhatAKilledAddLeftIsSettledWithTheRest) {
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(add(file(fmt::format("f_{}.png", i), encode_png(scene(1, i)))));
  project_ = *Project::open(folder_);
  for (int i = 30; i < 60; ++i) ASSERT_TRUE(add(file(fmt::format("f_{}.png", i), encode_png(scene(1, i)))));
  EXPECT_EQ(project_.settle_splits(watch_)->series_pictures, 60);
}

}  // namespace
}  // namespace dew
