// Adding files: what becomes a sample, under which name, once.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

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
