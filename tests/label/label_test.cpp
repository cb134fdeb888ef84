#include "label/label.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dew::label {
namespace {

Settings settings() {
  Settings result;
  result.name = "person";
  result.question = "Is there a person?";
  result.classes = {"yes", "no"};
  result.unsure = "unsure";
  return result;
}

Answer answer(int64_t id, int64_t sample, const std::string& said) {
  Answer result;
  result.id = id;
  result.sample = sample;
  result.answer_class = said;
  return result;
}

class RelabelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TemporaryFolder::create();
    ASSERT_TRUE(folder);
    folder_.emplace(std::move(*folder));
    auto project = Project::create(folder_->path() / "person", settings());
    ASSERT_TRUE(project) << project.error().what;
    project_.emplace(std::move(*project));
    const Image image{64, 8, std::vector<uint8_t>(size_t{64} * 8 * 3, 90)};
    const fs::path file = folder_->path() / "street.png";
    ASSERT_TRUE(write_file(file, encode_png(image)));
    Watch watch;
    ASSERT_TRUE(project_->add(file, "street.png", Cut{1, 5, 1, false}, watch));
    samples_ = project_->samples().value();
    ASSERT_EQ(samples_.size(), 5U);
  }

  void say(size_t index, const std::string& said) {
    Answer result = answer(0, samples_[index].id, said);
    result.teacher = result.model = result.prompt_hash = "t";
    ASSERT_TRUE(project_->add_answers({result}));
  }

  std::optional<TemporaryFolder> folder_;
  std::optional<Project> project_;
  std::vector<Sample> samples_;
};

TEST_F(RelabelTest, CountsAndHandsOutWhatTrainingMayUse) {
  say(0, "yes"), say(1, "no"), say(2, "unsure"), say(4, "no");
  const auto counts = relabel(*project_);
  ASSERT_TRUE(counts) << counts.error().what;
  EXPECT_EQ(counts->labelled, 3);
  EXPECT_EQ(counts->unsure, 1);
  EXPECT_EQ(counts->unlabelled, 1);
  EXPECT_EQ(counts->by_class, (std::map<std::string, int64_t>{{"no", 2}, {"yes", 1}}));
  const auto labels = project_->labels();
  ASSERT_EQ(labels->size(), 4U);
  EXPECT_EQ((*labels)[0].origin, "policy");
  EXPECT_EQ((*labels)[0].basis, "1");
  EXPECT_FALSE((*labels)[0].at.empty());
  EXPECT_EQ((*labels)[2].answer_class, "") << "set aside";
  const auto labelled = labelled_samples(*project_);
  ASSERT_TRUE(labelled);
  ASSERT_EQ(labelled->size(), 3U);
  EXPECT_EQ((*labelled)[0].sample.name, samples_[0].name);
  EXPECT_EQ((*labelled)[0].answer_class, 0);
  EXPECT_EQ((*labelled)[1].answer_class, 1);
  EXPECT_EQ((*labelled)[2].sample.id, samples_[4].id);
}

TEST_F(RelabelTest, APersonsLabelStands) {
  say(0, "yes"), say(1, "yes"), say(2, "unsure");
  ASSERT_TRUE(relabel(*project_));
  ASSERT_TRUE(project_->set_labels({{samples_[0].id, "no", "human", "ada", utc_now()},
                                    {samples_[1].id, "", "human", "ada", utc_now()},
                                    {samples_[2].id, "no", "human", "ada", utc_now()}}));
  say(0, "yes"), say(2, "yes");
  const auto counts = relabel(*project_);
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->by_class, (std::map<std::string, int64_t>{{"no", 2}, {"yes", 0}}));
  EXPECT_EQ(counts->unsure, 1);
  EXPECT_EQ(counts->unlabelled, 2);
}

TEST_F(RelabelTest, AClassThatTheSettingsNoLongerHaveIsNotTaught) {
  say(0, "yes"), say(1, "no");
  ASSERT_TRUE(relabel(*project_));
  Settings changed = settings();
  changed.classes = {"no", "nobody"};
  const fs::path folder = project_->folder();
  ASSERT_TRUE(write_file(folder / "dewdrop.toml", to_toml(changed)));
  auto again = Project::open(folder);
  ASSERT_TRUE(again) << again.error().what;
  const auto counts = relabel(*again);
  ASSERT_TRUE(counts) << counts.error().what;
  EXPECT_EQ(counts->by_class, (std::map<std::string, int64_t>{{"no", 1}, {"nobody", 0}}));
  EXPECT_EQ(counts->labelled, 1);
  EXPECT_EQ(counts->unlabelled, 4);
  const auto labelled = labelled_samples(*again);
  ASSERT_EQ(labelled->size(), 1U);
  EXPECT_EQ((*labelled)[0].answer_class, 0);
}

}  // namespace
}  // namespace dew::label
