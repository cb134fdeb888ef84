// Adding files: what becomes a sample, under which name, once.
#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "store/adding.h"
#include "tests/store/projects.h"

namespace dew {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Add = InProject;

TEST_F(Add, APictureIsOneSampleOrItsTiles) {
  const auto added = add(picture_file("a.png"));
  ASSERT_TRUE(added) << told(added);
  EXPECT_EQ(added->samples, 1);
  EXPECT_THAT(names(), ElementsAre("a.png"));
  EXPECT_EQ(add(temporary_.path() / "a.png", {1, 2, 1, false})->samples, 2);
  EXPECT_THAT(names(), ElementsAre("a.png", "a.png#xywh=0,0,32,48", "a.png#xywh=32,0,32,48"));
}

TEST_F(Add, AVideoIsCutIntoFramesAndTiles) {
  const fs::path video = video_file("v.avi", 20);
  EXPECT_EQ(add(video, {7, 1, 1, false})->samples, 3);
  EXPECT_THAT(names(), ElementsAre("v.avi#frame=0", "v.avi#frame=7", "v.avi#frame=14"));
  EXPECT_EQ(add(video, {10, 1, 2, false})->samples, 4);
  EXPECT_THAT(names(),
              ElementsAre("v.avi#frame=0", "v.avi#frame=0&xywh=0,0,64,24", "v.avi#frame=0&xywh=0,24,64,24",
                          "v.avi#frame=7", "v.avi#frame=10&xywh=0,0,64,24", "v.avi#frame=10&xywh=0,24,64,24",
                          "v.avi#frame=14"));
  const auto sources = project_.sources();
  ASSERT_EQ(sources->size(), 1U);
  EXPECT_EQ(sources->front().name, "v.avi");
  EXPECT_EQ(sources->front().sha256, *sha256_file(video));
  EXPECT_EQ(sources->front().info.frames, 20);
  EXPECT_EQ(sources->front().info.width, 64);
  EXPECT_EQ(sources->front().info.kind, MediaKind::kVideo);
  EXPECT_TRUE(fs::exists(sources->front().path));
  EXPECT_EQ(add(video, {std::numeric_limits<int64_t>::max(), 1, 1, false})->already_there, 1);
}

TEST_F(Add, TheSameAgainAddsNothing) {
  const fs::path video = video_file("v.avi", 20);
  ASSERT_EQ(add(video, {5, 2, 2, false})->samples, 16);
  const auto again = add(video, {5, 2, 2, false});
  EXPECT_EQ(again->samples, 0);
  EXPECT_EQ(again->already_there, 16);
  EXPECT_EQ(project_.samples()->size(), 16U);
  EXPECT_EQ(media_files(), 1U);
}

TEST_F(Add, TheSameBytesUnderAnotherNameAreTheSameSource) {
  ASSERT_TRUE(add(picture_file("a.png", 1)));
  const auto copy = add(picture_file("b.PNG", 1));
  EXPECT_EQ(copy->samples, 0);
  EXPECT_EQ(copy->already_there, 1);
  EXPECT_THAT(names(), ElementsAre("a.png"));
  EXPECT_EQ(media_files(), 1U);
}

TEST_F(Add, AnotherFileUnderATakenNameGetsSomeOfItsHash) {
  ASSERT_TRUE(add(picture_file("a.png", 1)));
  const fs::path other = picture_file("a.png", 2);
  ASSERT_TRUE(add(other));
  EXPECT_THAT(names(), ElementsAre("a.png", "a-" + sha256_file(other)->substr(0, 8) + ".png"));
  EXPECT_EQ(add(other)->already_there, 1);
  ASSERT_TRUE(project_.add(picture_file("c.png", 3), "day.1/a", {}, watch_));
  ASSERT_TRUE(project_.add(picture_file("d.png", 4), "day.1/a", {}, watch_));
  EXPECT_EQ(names()[3], "day.1/a-" + sha256_file(temporary_.path() / "d.png")->substr(0, 8));
}

// What tells the files apart is kept, as people write it in tables.
TEST_F(Add, AnotherFileUnderATakenNameGetsItsFolder) {
  for (const char* folder : {"A", "B", "x/A"}) fs::create_directories(temporary_.path() / folder);
  ASSERT_TRUE(add(picture_file("A/IMG_0001.png", 1)));
  ASSERT_TRUE(add(picture_file("B/IMG_0001.png", 2)));
  ASSERT_TRUE(add(picture_file("x/A/IMG_0001.png", 3)));
  EXPECT_THAT(names(), ElementsAre("IMG_0001.png", "B/IMG_0001.png", "A/IMG_0001.png"));
  EXPECT_EQ(add(temporary_.path() / "B/IMG_0001.png")->already_there, 1);
  EXPECT_EQ(project_.samples()->size(), 3U);
}

TEST_F(Add, WhereBytesCameFromIsRemembered) {
  const fs::path a = picture_file("a.png", 1);
  ASSERT_TRUE(add(a));
  ASSERT_TRUE(add(a));
  const fs::path copy = picture_file("copy.png", 1);
  ASSERT_TRUE(add(copy));
  const auto origins = *project_.origins();
  ASSERT_EQ(origins.size(), 2U);
  EXPECT_EQ(origins[0].path, a);
  EXPECT_EQ(origins[1].path, copy);
  EXPECT_EQ(origins[1].name, "copy.png");
  EXPECT_EQ(origins[1].source, origins[0].source);
  // Its name stands for the first file: another one cannot have it.
  fs::create_directories(temporary_.path() / "B");
  ASSERT_TRUE(add(picture_file("B/copy.png", 2)));
  EXPECT_THAT(names(), ElementsAre("a.png", "B/copy.png"));
}

TEST_F(Add, BytesOfAnArchiveComeFromItsPath) {
  const fs::path unpacked = picture_file("tmp-1", 1);
  const fs::path origin = temporary_.path() / "pics.zip" / "b" / "a.png";
  ASSERT_TRUE(*project_.offer(unpacked, "a.png", {}, {std::nullopt, origin}, watch_));
  fs::remove(unpacked);
  ASSERT_TRUE(*project_.offer(picture_file("tmp-2", 2), "a.png", {},
                              {std::nullopt, temporary_.path() / "pics.zip" / "c" / "a.png"}, watch_));
  EXPECT_THAT(names(), ElementsAre("a.png", "c/a.png"));
  EXPECT_EQ(project_.origins()->front().path, origin);
  Cut in_place;
  in_place.in_place = true;
  EXPECT_FALSE(project_.offer(picture_file("tmp-3", 3), "d.png", in_place, {std::nullopt, origin}, watch_));
}

TEST_F(Add, ManyFilesTellWhatBecameOfEach) {
  Adding adding(project_, {1, 2, 1, false});
  std::vector<fs::path> files;
  for (unsigned i = 0; i < 600; ++i) files.push_back(picture_file("p" + std::to_string(i) + ".png", i % 500));
  files.insert(files.begin() + 300, file("no.png", "text"));
  int refused = 0;
  for (const fs::path& one : files) {
    const auto offered = adding.offer(one, one.filename().string(), {}, watch_);
    ASSERT_TRUE(offered) << told(offered);
    refused += *offered ? 1 : 0;
    fs::remove(one);  // what was taken is needed no more
  }
  const auto added = *adding.finish();
  EXPECT_EQ(refused, 1);
  ASSERT_EQ(added.size(), 600U);
  for (size_t i = 0; i < 600; ++i) {
    EXPECT_EQ(added[i].samples, i < 500 ? 2 : 0);
    EXPECT_EQ(added[i].already_there, i < 500 ? 0 : 2);
    EXPECT_EQ(added[i].source, added[i % 500].source);
  }
  EXPECT_EQ(project_.samples()->size(), 1000U);
  EXPECT_EQ(project_.origins()->size(), 600U);
  EXPECT_EQ(media_files(), 500U);
}

TEST_F(Add, TheLimitOnPicturesIsASetting) {
  settings_.largest_picture = 1;
  ASSERT_TRUE(write_file(folder_ / "dewdrop.toml", to_toml(settings_)));
  project_ = *Project::open(folder_);
  const fs::path large = file("large.jpg", encode_jpeg(plain(1200, 1000, 9, 9, 9)));
  const auto refused = *project_.offer(large, "large.jpg", {}, {}, watch_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().why, Refusal::kTooLarge);
  EXPECT_THAT(refused.error().error.next, HasSubstr("raise `largest_picture` in dewdrop.toml"));
  settings_.largest_picture = 2;
  ASSERT_TRUE(write_file(folder_ / "dewdrop.toml", to_toml(settings_)));
  project_ = *Project::open(folder_);
  ASSERT_TRUE(add(large));
  EXPECT_EQ(project_.picture(project_.samples()->front())->width, 1200);
  // Reading honours it, too.
  settings_.largest_picture = 1;
  ASSERT_TRUE(write_file(folder_ / "dewdrop.toml", to_toml(settings_)));
  project_ = *Project::open(folder_);
  EXPECT_FALSE(project_.picture(project_.samples()->front()));
}

TEST_F(Add, AnUnchangedFileIsNotReadAgain) {
  const fs::path picture = picture_file("a.png", 1);
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
  fs::last_write_time(picture, old);
  ASSERT_TRUE(add(picture));
  // Other bytes behind the same size and time: only who reads the file sees them.
  std::string bytes = *read_file(picture);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  { std::ofstream(picture, std::ios::binary) << bytes; }
  fs::last_write_time(picture, old);
  EXPECT_EQ(add(picture)->already_there, 1);
  EXPECT_EQ(add(picture, {1, 2, 1, false})->samples, 2) << "another cut needs no bytes either";
  // With another time, or with the copy gone, it is read.
  fs::last_write_time(picture, old + std::chrono::seconds(1));
  EXPECT_THAT(told(add(picture)), HasSubstr("a.png"));
  ASSERT_TRUE(write_file(picture, encode_png(noise(64, 48, 1))));
  fs::last_write_time(picture, old);
  fs::remove_all(folder_ / ".dewdrop" / "media");
  ASSERT_TRUE(add(picture));
  EXPECT_EQ(media_files(), 1U);
}

TEST_F(Add, WhatWasWrittenJustNowIsReadAgain) {
  // Bytes behind the end of a picture do no harm.
  const auto padded = [](unsigned seed) {
    std::string bytes = encode_png(noise(64, 48, seed));
    bytes.resize(20'000, ' ');
    return bytes;
  };
  const fs::path picture = file("a.png", padded(1));
  ASSERT_TRUE(add(picture));
  const auto written = fs::last_write_time(picture);
  ASSERT_TRUE(write_file(picture, padded(2)));
  fs::last_write_time(picture, written);
  ASSERT_TRUE(add(picture));
  EXPECT_EQ(project_.sources()->size(), 2U);
}

TEST_F(Add, AFileCostsTheSameHoweverManyAreThere) {
  if (over_postgres()) GTEST_SKIP() << "NOT TESTED: the rows are put into SQLite's file";
  unsigned seed = 0;
  const auto quickest = [&] {
    auto least = std::chrono::steady_clock::duration::max();
    for (int i = 0; i < 8; ++i) {
      ++seed;
      const fs::path picture = picture_file(std::to_string(seed) + ".png", seed);
      const auto began = std::chrono::steady_clock::now();
      EXPECT_TRUE(add(picture));
      least = std::min(least, std::chrono::steady_clock::now() - began);
    }
    return least;
  };
  const auto before = quickest();
  ASSERT_EQ(run_sql(database(),
                    "INSERT INTO sources (name, sha256, path, bytes, modified, kind, width, height, frames, "
                    "frames_per_second, validation_from, test_from, at) "
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) "
                    "SELECT 'n' || i, 'h' || i, 'media/n' || i, 1, 1, 'image', 9, 9, 1, 0, 1, 1, '' FROM n"),
            SQLITE_OK);
  EXPECT_LT(quickest(), 3 * before + std::chrono::milliseconds(15));
}

TEST_F(Add, WhatIsWrongWithAFileIsKeptApart) {
  const auto refused = [&](const fs::path& path, const Cut& cut = {}) {
    const auto offered = project_.offer(path, path.filename().string(), cut, {}, watch_);
    EXPECT_TRUE(offered) << path;
    EXPECT_FALSE(offered && offered->has_value()) << path;
    return offered->error().why;
  };
  const std::string whole = *read_file(video_file("v.avi", 30));
  EXPECT_EQ(refused(temporary_.path() / "missing.png"), Refusal::kMissing);
  EXPECT_EQ(refused(file("empty.png", "")), Refusal::kEmpty);
  EXPECT_EQ(refused(file("text.jpg", "hello")), Refusal::kNotMedia);
  EXPECT_EQ(refused(file("cut.avi", whole.substr(0, whole.size() * 3 / 4))), Refusal::kUndecodable);
  EXPECT_EQ(refused(file("half.png", encode_png(noise(64, 48, 1)).substr(0, 900))), Refusal::kUndecodable);
  EXPECT_EQ(refused(file("huge.pgm", "P5\n40000 40000\n255\n")), Refusal::kTooLarge);
  EXPECT_EQ(refused(picture_file("small.png"), {1, 65, 1, false}), Refusal::kCut);
  EXPECT_EQ(refused(picture_file("a\nb.png")), Refusal::kName);
  EXPECT_EQ(project_.sources()->size(), 0U);
  EXPECT_FALSE(project_.offer(picture_file("a.png"), "a.png", {0, 1, 1, false}, {}, watch_))
      << "the cut's fault";
}

TEST_F(Add, NamesThatNeedItAreEscapedAndNonsenseIsRefused) {
  ASSERT_TRUE(project_.add(picture_file("a.png"), "50% #1.png", {}, watch_));
  EXPECT_THAT(names(), ElementsAre("50%25 %231.png"));
  EXPECT_EQ(Fragment::parse(names()[0])->source, "50% #1.png");
  for (const std::string& name :
       {std::string(), std::string("a\nb"), std::string("\xff.png"), std::string("\xc0\xaf"),
        std::string("\xed\xa0\x80"), std::string(1001, 'a')})
    EXPECT_THAT(told(project_.add(picture_file("b.png", 2), name, {}, watch_)), HasSubstr("rename the file"))
        << name;
}

TEST_F(Add, ACutThatMakesNoSenseIsTheUsersError) {
  const fs::path video = video_file("v.avi", 5);
  for (const Cut& cut :
       {Cut{0, 1, 1, false}, Cut{1, 0, 1, false}, Cut{1, 1, -1, false}, Cut{1, 65, 1, false}}) {
    const auto added = add(video, cut);
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().fault, Fault::kUsage);
  }
  EXPECT_EQ(project_.sources()->size(), 0U);
}

TEST_F(Add, ABadFileLeavesNothing) {
  const std::string whole = *read_file(video_file("v.avi", 30));
  EXPECT_THAT(told(add(file("cut.avi", whole.substr(0, whole.size() * 3 / 4)))),
              AllOf(HasSubstr("cut.avi"), HasSubstr("of the 30 frames")));
  EXPECT_THAT(told(add(file("text.jpg", "hello"))), HasSubstr("it is text"));
  EXPECT_THAT(told(add(file("empty.png", ""))), HasSubstr("0 bytes"));
  EXPECT_THAT(told(add(file("notes.txt", "x"))), HasSubstr("it is text"));
  EXPECT_THAT(told(add(temporary_.path() / "missing.png")), HasSubstr("no such file"));
  EXPECT_EQ(project_.sources()->size(), 0U);
  EXPECT_EQ(media_files(), 0U);
}

TEST_F(Add, CtrlCLeavesNothingAndTheNextRunGoesOn) {
  const fs::path video = video_file("v.avi", 30);
  Impatient soon(10);
  EXPECT_EQ(project_.add(video, "v.avi", {}, soon).error().what, "interrupted");
  EXPECT_EQ(project_.samples()->size(), 0U);
  EXPECT_EQ(add(video)->samples, 30);
}

TEST_F(Add, InPlaceRefersToTheOriginal) {
  const fs::path picture = picture_file("a.png");
  ASSERT_TRUE(add(picture, {1, 1, 1, true}));
  EXPECT_EQ(media_files(), 0U);
  EXPECT_EQ(project_.sources()->front().path, fs::canonical(picture));
  ASSERT_TRUE(add(picture)) << "a copy can be taken later";
  EXPECT_EQ(media_files(), 1U);
  EXPECT_NE(project_.sources()->front().path, fs::canonical(picture));
  ASSERT_TRUE(add(picture, {1, 1, 1, true}));
  EXPECT_EQ(media_files(), 1U) << "and then stays";
  EXPECT_NE(project_.sources()->front().path, fs::canonical(picture));
}

// What a kill between the copy and the transaction leaves.
TEST_F(Add, AnOrphanIsUsedWhenWholeAndReplacedWhenNot) {
  const fs::path picture = picture_file("a.png");
  const fs::path media = folder_ / ".dewdrop" / "media";
  const std::string name = *sha256_file(picture) + ".png";
  ASSERT_TRUE(write_file(media / name, "half"));
  ASSERT_TRUE(add(picture));
  EXPECT_EQ(*read_file(media / name), *read_file(picture));
  EXPECT_EQ(media_files(), 1U);
}

TEST_F(Add, VtestGivesTheSamplesThatTheRecordedAnswersName) {
  if (!fs::exists(kVtest)) GTEST_SKIP() << "NOT TESTED: vtest.avi is absent; install opencv-doc";
  const auto added = add(kVtest, {15, 4, 3, false});
  ASSERT_TRUE(added) << told(added);
  EXPECT_EQ(added->samples, 636);
  std::vector<std::string> answered;
  std::ifstream answers(fs::path(DEWDROP_SOURCE_DIR) / "examples" / "person" / "person-answers.jsonl");
  for (std::string line; std::getline(answers, line);)
    answered.push_back(nlohmann::json::parse(line).at("sample").get<std::string>());
  EXPECT_EQ(names(), answered);
}

}  // namespace
}  // namespace dew
