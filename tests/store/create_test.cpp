// Making and opening projects: whole or not at all, and never over something else.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>

#include "tests/store/projects.h"

namespace dew {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;

size_t entries(const fs::path& folder) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(Create, MakesAProjectThatOpensAgain) {
  const auto temporary = TemporaryFolder::create();
  const fs::path folder = temporary->path() / "deep" / "person";
  Settings settings = person();
  settings.seed = 42;
  {
    const auto project = Project::create(folder, settings);
    ASSERT_TRUE(project) << told(project);
    EXPECT_EQ(project->settings(), settings);
    EXPECT_EQ(project->folder(), folder);
  }
  const auto project = Project::open(folder);
  ASSERT_TRUE(project) << told(project);
  EXPECT_EQ(project->settings(), settings);
  EXPECT_EQ(project->samples()->size(), 0U);
  EXPECT_EQ(entries(temporary->path() / "deep"), 1U) << "nothing is left beside it";
}

TEST(Create, TakesAnEmptyFolderAndNoOther) {
  const auto temporary = TemporaryFolder::create();
  const fs::path empty = temporary->path() / "empty";
  fs::create_directory(empty);
  ASSERT_TRUE(Project::create(empty / "", person())) << "a slash at the end is the same folder";
  EXPECT_EQ(entries(empty), 2U);
  EXPECT_THAT(told(Project::create(empty, person())), HasSubstr("already a Dewdrop project in that folder"));
  const fs::path full = temporary->path() / "full";
  ASSERT_TRUE(write_file(full / "mine", "x"));
  EXPECT_THAT(told(Project::create(full, person())), HasSubstr("not empty"));
  EXPECT_THAT(told(Project::create(full / "mine", person())), HasSubstr("a file of that name"));
  EXPECT_EQ(read_file(full / "mine"), std::string("x"));
  EXPECT_EQ(Project::create(full, person()).error().fault, Fault::kUsage);
}

TEST(Create, RefusesSettingsThatMakeNoSense) {
  const auto temporary = TemporaryFolder::create();
  const std::vector<std::pair<void (*)(Settings&), const char*>> cases{
      {[](Settings& s) { s.name = ""; }, "the name ''"},
      {[](Settings& s) { s.name = "a b"; }, "the name 'a b'"},
      {[](Settings& s) { s.name = "../x"; }, "the name '../x'"},
      {[](Settings& s) { s.name = "-x"; }, "the name '-x'"},
      {[](Settings& s) { s.name = std::string(65, 'a'); }, "the name"},
      {[](Settings& s) { s.question = " \n"; }, "question is empty"},
      {[](Settings& s) { s.question = std::string(5000, 'a'); }, "longer than"},
      {[](Settings& s) { s.question = "\xff"; }, "not UTF-8"},
      {[](Settings& s) { s.unsure = "\xed\xa0\x80"; }, "cannot be an answer"},
      {[](Settings& s) { s.board = "\xc0\xaf"; }, "not UTF-8"},
      {[](Settings& s) { s.classes = {"yes"}; }, "fewer than two classes"},
      {[](Settings& s) {
         s.classes = {"yes", "yes"};
       },
       "'yes' is listed twice"},
      {[](Settings& s) {
         s.classes = {"yes", "Yes"};
       },
       "'Yes' is listed twice"},
      {[](Settings& s) {
         s.classes = {"yes", ""};
       },
       "cannot be an answer"},
      {[](Settings& s) {
         s.classes = {"yes", "no\n"};
       },
       "cannot be an answer"},
      {[](Settings& s) { s.unsure = "No"; }, "also a class"},
      {[](Settings& s) { s.alpha = 0; }, "alpha is 0"},
      {[](Settings& s) { s.input = 0; }, "input is 0"},
      {[](Settings& s) { s.epochs = -1; }, "epochs is -1"},
      {[](Settings& s) { s.test_share = 1; }, "test_share is 1"},
      {[](Settings& s) { s.seed = ~uint64_t{0}; }, "seed is"},
      {[](Settings& s) { s.rounding = ""; }, "rounding"},
      {[](Settings& s) { s.teacher.all = {"a\nb"}; }, "control characters"}};
  for (const auto& [spoil, what] : cases) {
    Settings settings = person();
    spoil(settings);
    const auto project = Project::create(temporary->path() / "p", settings);
    EXPECT_THAT(told(project), HasSubstr(what));
    ASSERT_FALSE(project);
    EXPECT_EQ(project.error().fault, Fault::kUsage) << what;
    EXPECT_FALSE(project.error().next.empty()) << what;
  }
  EXPECT_EQ(entries(temporary->path()), 0U);
}

TEST(Create, AFullDiskLeavesNothing) {
  const auto temporary = TemporaryFolder::create();
  fs::create_directory(temporary->path() / "empty");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_IGN);
  for (const rlim_t bytes : {100, 5000, 20'000}) {
    const rlimit tight{bytes, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tight);
    const auto absent = Project::create(temporary->path() / "absent", person());
    const auto empty = Project::create(temporary->path() / "empty", person());
    setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_THAT(told(absent), HasSubstr("free some space"));
    EXPECT_THAT(told(empty), HasSubstr("free some space"));
    EXPECT_EQ(entries(temporary->path()), 1U);
    EXPECT_EQ(entries(temporary->path() / "empty"), 0U);
  }
  EXPECT_TRUE(Project::create(temporary->path() / "absent", person()));
}

TEST(Open, AFolderThatIsNoProjectIsTheUsersErrorAndSaysWhatToDo) {
  const auto temporary = TemporaryFolder::create();
  for (const fs::path& folder : {temporary->path(), temporary->path() / "nowhere"}) {
    const auto project = Project::open(folder);
    EXPECT_THAT(told(project), AllOf(HasSubstr("not a Dewdrop project"), HasSubstr(folder.string()),
                                     HasSubstr("dewdrop new")));
    EXPECT_EQ(project.error().fault, Fault::kUsage);
  }
}

TEST(Open, SettingsWithoutADatabaseAndWithMistakesAreTold) {
  const auto temporary = TemporaryFolder::create();
  const fs::path toml = temporary->path() / "dewdrop.toml";
  ASSERT_TRUE(write_file(toml, to_toml(person())));
  EXPECT_THAT(told(Project::open(temporary->path())), HasSubstr("database is missing"));
  ASSERT_TRUE(write_file(toml, "nmae = 'x'\n"));
  EXPECT_THAT(told(Project::open(temporary->path())),
              AllOf(HasSubstr("'nmae'"), HasSubstr(toml.string() + ":1")));
}

TEST(Open, AProjectMayMoveAndBeCopied) {
  const auto temporary = TemporaryFolder::create();
  const fs::path here = temporary->path() / "here";
  const fs::path there = temporary->path() / "there";
  const fs::path picture = temporary->path() / "a.png";
  ASSERT_TRUE(write_file(picture, encode_png(noise(9, 9))));
  Watch watch;
  {
    auto project = Project::create(here, person());
    ASSERT_TRUE(project->add(picture, "a.png", {}, watch));
  }
  fs::copy(here, there, fs::copy_options::recursive);
  fs::remove_all(here);
  const auto project = Project::open(there);
  ASSERT_TRUE(project) << told(project);
  const auto samples = project->samples();
  ASSERT_EQ(samples->size(), 1U);
  EXPECT_EQ(project->picture(samples->front()), noise(9, 9));
}

}  // namespace
}  // namespace dew
