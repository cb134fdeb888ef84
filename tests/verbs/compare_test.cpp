// A comparison without a terminal: what it trains, tells and refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "tests/verbs/disc_project.h"
#include "tests/verbs/recorded_watch.h"
#include "verbs/compare/compare.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::HasSubstr;

/// Every fifth disc is overlooked.
std::string overlooks(const std::string& sample) {
  const int number = std::stoi(sample.substr(5, 3));
  return number % 2 == 0 && number % 5 != 0 ? "yes" : "no";
}

std::string always_yes(const std::string&) {
  return "yes";
}

void let_people_label(const fs::path& folder) {
  auto project = Project::open(folder);
  ASSERT_TRUE(project);
  std::vector<Label> labels;
  const auto samples = project->samples().value();
  for (const Sample& sample : samples)
    labels.push_back({sample.id, says_the_truth(sample.name), "human", "ada", "2026-01-01T00:00:00Z"});
  ASSERT_TRUE(project->set_labels(labels));
}

/// Kept as stages with what they count.
class Stages : public RecordedWatch {
 public:
  void advance(int64_t done, std::string_view) override {
    if (!begun.empty() && done > 0 && begun.back().starts_with("training")) trained = true;
  }
  [[nodiscard]] bool interrupted() const override { return stop_after_a_net && trained; }
  bool stop_after_a_net = false;
  bool trained = false;
};

class Compare : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    made_ = std::make_unique<TemporaryFolder>(*TemporaryFolder::create());
    make_disc_project(made_->path() / "p", 60);
  }
  static void TearDownTestSuite() { made_.reset(); }
  void SetUp() override {
    folder_ = std::make_unique<TemporaryFolder>(*TemporaryFolder::create());
    fs::copy(made_->path() / "p", project(), fs::copy_options::recursive);
    label_samples(project(), overlooks);
  }
  [[nodiscard]] fs::path project() const { return folder_->path() / "p"; }
  [[nodiscard]] CompareArgs args() const {
    CompareArgs args;
    args.project = project();
    args.seeds = 2;
    args.folds = 2;
    args.drift_pictures = 10;
    return args;
  }
  [[nodiscard]] size_t nets() const {
    size_t count = 0;
    std::error_code none;
    for (const auto& one : fs::directory_iterator(project() / ".dewdrop" / "compare", none))
      count += fs::exists(one.path() / "said.json") ? 1 : 0;
    return count;
  }

  std::unique_ptr<TemporaryFolder> folder_;
  static std::unique_ptr<TemporaryFolder> made_;
};
std::unique_ptr<TemporaryFolder> Compare::made_;

TEST_F(Compare, TrainsTestsAndTells) {
  let_people_label(project());
  const fs::path night = folder_->path() / "night";
  for (int i = 0; i < 6; ++i)
    ASSERT_TRUE(write_file(night / (i % 2 == 0 ? "yes" : "no") / ("n" + std::to_string(i) + ".png"),
                           encode_png(disc_picture(i % 2 == 0, 5000 + static_cast<uint64_t>(i)))));
  ASSERT_TRUE(write_file(night / "moon" / "m.png", encode_png(disc_picture(true, 9))));
  fs::copy_file(night / "yes" / "n0.png", night / "yes" / "once more.png");
  fs::copy_file(Project::open(project())->sources()->at(0).path, night / "no" / "of the project.jpg");
  CompareArgs wanted = args();
  wanted.shifted = {night};
  RecordedWatch watch;
  const auto outcome = compare(wanted, watch);
  ASSERT_TRUE(outcome) << error_of(outcome);
  EXPECT_EQ(outcome->findings.pictures, 60);
  EXPECT_EQ(outcome->findings.seeds, 2U);
  EXPECT_GT(outcome->findings.inheritance.wrong, 0);
  ASSERT_TRUE(outcome->findings.accuracy.difference);
  EXPECT_TRUE(outcome->findings.accuracy.noise) << "people have labelled all that teaches";
  ASSERT_TRUE(outcome->findings.drift);
  EXPECT_EQ(outcome->findings.drift->lines.size(), 19U);
  ASSERT_EQ(outcome->findings.shifted.size(), 1U);
  EXPECT_EQ(outcome->findings.shifted[0].pictures, 6);
  EXPECT_THAT(outcome->findings.cannot, ::testing::Contains(HasSubstr("1 picture of night shows a class")));
  EXPECT_THAT(outcome->findings.cannot, ::testing::Contains(HasSubstr("1 picture of night is there twice")));
  EXPECT_THAT(outcome->findings.cannot,
              ::testing::Contains(HasSubstr("1 picture of night is in the project")));
  ASSERT_TRUE(outcome->findings.curve);
  EXPECT_THAT(outcome->answer, HasSubstr("Nets taught by test are right about"));
  const auto page = read_file(outcome->page);
  ASSERT_TRUE(page);
  EXPECT_THAT(*page, HasSubstr("What is different"));
  EXPECT_TRUE(fs::exists(project() / "compare.json"));

  const size_t before = nets();
  RecordedWatch again;
  const auto second = compare(wanted, again);
  ASSERT_TRUE(second);
  EXPECT_EQ(nets(), before);
  EXPECT_FALSE(some_hold(again.begun, "training"));
  EXPECT_FALSE(some_hold(again.begun, "corrupting"));
  EXPECT_EQ(to_json(*second), to_json(*outcome)) << "the same labels, the same answer";
}

TEST_F(Compare, GoesOnAfterAnInterrupt) {
  let_people_label(project());
  CompareArgs wanted = args();
  wanted.drift = wanted.curve = false;
  wanted.jobs = 1;
  Stages stopped;
  stopped.stop_after_a_net = true;
  EXPECT_THAT(error_of(compare(wanted, stopped)), HasSubstr("interrupted"));
  const size_t before = nets();
  EXPECT_GE(before, 1U);
  EXPECT_LT(before, 12U);
  RecordedWatch watch;
  ASSERT_TRUE(compare(wanted, watch));
  EXPECT_EQ(nets(), 12U);
  EXPECT_TRUE(some_hold(watch.begun, "training " + std::to_string(12 - before) + " net"));
}

TEST_F(Compare, TheProjectsOwnSplit) {
  let_people_label(project());
  CompareArgs wanted = args();
  wanted.folds = 0;
  wanted.a = "policy+50%";
  wanted.b = "policy";
  wanted.drift = wanted.curve = false;
  RecordedWatch watch;
  const auto outcome = compare(wanted, watch);
  ASSERT_TRUE(outcome) << error_of(outcome);
  EXPECT_EQ(outcome->a, "policy+50%");
  EXPECT_EQ(outcome->findings.pictures, labelled_in(project(), Split::kTest));
  EXPECT_FALSE(outcome->findings.drift);
}

TEST_F(Compare, RefusesWhatTellsNothing) {
  Watch watch;
  EXPECT_THAT(error_of(compare(args(), watch)), HasSubstr("people have labelled none of the pictures"));
  let_people_label(project());
  const auto refused = [&](const std::string& a, const std::string& b) {
    CompareArgs wanted = args();
    wanted.a = a;
    wanted.b = b;
    return error_of(compare(wanted, watch));
  };
  EXPECT_THAT(refused("people", "human"), HasSubstr("both label sets are the same"));
  EXPECT_THAT(refused("policy+x%", "people"), HasSubstr("gpt-4o+10%"));
  EXPECT_THAT(refused("policy+0%", "people"), HasSubstr("not a share"));
  EXPECT_THAT(refused("gpt-9", "people"), HasSubstr("no labels called 'gpt-9'"));
}

TEST_F(Compare, ASetFromElsewhereMustBeAnother) {
  let_people_label(project());
  const auto refused = [&](const fs::path& folder) {
    CompareArgs wanted = args();
    wanted.shifted = {folder};
    Watch watch;
    return error_of(compare(wanted, watch));
  };
  const auto sources = Project::open(project())->sources().value();
  fs::create_directories(folder_->path() / "own" / "yes");
  fs::copy_file(sources.at(0).path, folder_->path() / "own" / "yes" / "again.jpg");
  EXPECT_THAT(refused(folder_->path() / "own"), HasSubstr("1 picture of own is in the project"))
      << "a folder of one class is one, too";
  ASSERT_TRUE(write_file(folder_->path() / "sky" / "moon" / "m.png", encode_png(disc_picture(true, 5009))));
  EXPECT_THAT(refused(folder_->path() / "sky"), HasSubstr("called as the project's: yes, no"));
  ASSERT_TRUE(write_file(folder_->path() / "loose" / "m.png", encode_png(disc_picture(true, 5009))));
  EXPECT_THAT(refused(folder_->path() / "loose"), HasSubstr("a folder for each class will do"));
  EXPECT_EQ(nets(), 0U) << "told before anything is trained";
}

TEST_F(Compare, ThePageTakesNoOtherFilesPlace) {
  let_people_label(project());
  const auto refused = [&](const fs::path& page) {
    CompareArgs wanted = args();
    wanted.page = page;
    Watch watch;
    return error_of(compare(wanted, watch));
  };
  EXPECT_THAT(refused(project() / "dewdrop.toml"), HasSubstr("no .html file"));
  EXPECT_THAT(refused(folder_->path() / "nowhere" / "x.html"), HasSubstr("no such folder"));
  ASSERT_TRUE(write_file(folder_->path() / "labels.json", "{}"));
  EXPECT_THAT(refused(folder_->path() / "labels.html"), HasSubstr("take the place of a file"));
  EXPECT_EQ(nets(), 0U) << "told before anything is trained";
}

TEST_F(Compare, PicturesThatAreGoneTakeNoPart) {
  let_people_label(project());
  CompareArgs wanted = args();
  wanted.drift = wanted.curve = false;
  Watch quiet;
  ASSERT_TRUE(compare(wanted, quiet));  // what it saw in the pictures is kept
  for (const auto& one : fs::recursive_directory_iterator(project() / ".dewdrop" / "media"))
    if (one.is_regular_file()) {
      fs::remove(one.path());
      break;
    }
  RecordedWatch watch;
  const auto outcome = compare(wanted, watch);
  ASSERT_TRUE(outcome) << error_of(outcome);
  EXPECT_EQ(outcome->findings.pictures, 59);
  EXPECT_TRUE(some_hold(watch.warned, "1 of 60 pictures"));
}

TEST_F(Compare, ASideWithOneClassTeachesNothing) {
  const auto blank = std::make_unique<TemporaryFolder>(*TemporaryFolder::create());
  fs::copy(made_->path() / "p", blank->path() / "p", fs::copy_options::recursive);
  label_samples(blank->path() / "p", always_yes);
  let_people_label(blank->path() / "p");
  CompareArgs wanted = args();
  wanted.project = blank->path() / "p";
  Watch watch;
  EXPECT_THAT(error_of(compare(wanted, watch)), HasSubstr("'yes' alone"));
}

}  // namespace
}  // namespace dew::verbs
