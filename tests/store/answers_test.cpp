// Answers, labels and runs: kept as they came, never lost, never overruled by the wrong one.
#include <gmock/gmock.h>

#include "tests/store/projects.h"

namespace dew {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Records : public InProject {
 protected:
  void SetUp() override { ASSERT_TRUE(add(video_file("v.avi", 10))); }
  int64_t sample(size_t index) { return project_.samples()->at(index).id; }
  Answer answer(size_t index, const std::string& answer_class) {
    Answer made;
    made.sample = sample(index);
    made.teacher = "replay";
    made.model = "answers.jsonl";
    made.prompt_hash = "abc";
    made.answer_class = answer_class;
    return made;
  }
  Label label(size_t index, const std::string& answer_class, const std::string& origin,
              const std::string& basis = "1") {
    return {sample(index), answer_class, origin, basis, ""};
  }
  std::string standing(size_t index) {
    const auto labels = project_.labels();
    for (const Label& one : *labels)
      if (one.sample == sample(index)) return one.origin + ":" + one.answer_class;
    return "none";
  }
};

TEST_F(Records, AnswersAboutSomeSamples) {
  Answer with_raw = answer(3, "no");
  with_raw.raw = "raw";
  ASSERT_TRUE(project_.add_answers({answer(4, "yes"), with_raw, answer(3, "yes"), answer(5, "yes")}));
  const auto about = project_.answers_about({sample(4), sample(3), sample(9)}).value();
  ASSERT_EQ(about.size(), 3U);
  EXPECT_EQ(about[0].sample, sample(3));
  EXPECT_EQ(about[0].raw, "raw");
  EXPECT_EQ(about[1].answer_class, "yes");
  EXPECT_EQ(about[2].sample, sample(4));
  EXPECT_TRUE(project_.answers_about({}).value().empty());
}

TEST_F(Records, AnAnswerIsKeptByteForByte) {
  Answer full = answer(3, "unsure");
  full.raw = std::string("{\"a\":\0 \xff}\n", 11);
  full.confidence = 0.1;
  full.reason = "Zu dunkel \xe2\x98\x81";
  full.tokens_in = 1'000'000'007;
  full.tokens_out = 12;
  full.cost_usd = 0.000'123;
  full.at = "2026-01-02T03:04:05Z";
  ASSERT_TRUE(project_.add_answers({answer(0, "yes"), full}));
  const auto answers = *Project::open(folder_)->answers();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_FALSE(answers[0].confidence);
  EXPECT_EQ(answers[0].at.size(), 20U) << "the time is filled in";
  const Answer& back = answers[1];
  EXPECT_EQ(back.sample, full.sample);
  EXPECT_EQ(back.teacher, "replay");
  EXPECT_EQ(back.model, "answers.jsonl");
  EXPECT_EQ(back.prompt_hash, "abc");
  EXPECT_EQ(back.raw, full.raw);
  EXPECT_EQ(back.answer_class, "unsure");
  EXPECT_EQ(back.confidence, 0.1);
  EXPECT_EQ(back.reason, full.reason);
  EXPECT_EQ(back.tokens_in, full.tokens_in);
  EXPECT_EQ(back.tokens_out, 12);
  EXPECT_EQ(back.cost_usd, full.cost_usd);
  EXPECT_EQ(back.at, full.at);
  EXPECT_LT(answers[0].id, back.id);
}

TEST_F(Records, AClassOutsideTheListCannotBecomeDataAndTheOthersOfTheCallNeither) {
  const auto added = project_.add_answers({answer(0, "yes"), answer(1, "maybe")});
  EXPECT_THAT(told(added), AllOf(HasSubstr("'maybe'"), HasSubstr("yes, no, unsure")));
  Answer stray = answer(0, "no");
  stray.sample = 999;
  EXPECT_FALSE(project_.add_answers({answer(0, "yes"), stray}));
  EXPECT_FALSE(project_.set_labels({label(0, "yes", "policy"), label(1, "unsure", "policy")}));
  EXPECT_FALSE(project_.set_labels({label(0, "yes", "policy"), label(1, "yes", "dice")}));
  EXPECT_EQ(project_.answers()->size(), 0U);
  EXPECT_EQ(project_.labels()->size(), 0U);
}

TEST_F(Records, AnswersCannotBeChangedOrTakenBack) {
  ASSERT_TRUE(project_.add_answers({answer(0, "yes")}));
  EXPECT_TRUE(sql_is_refused("UPDATE answers SET class = 'no'"));
  EXPECT_TRUE(sql_is_refused("DELETE FROM answers"));
  EXPECT_EQ(project_.answers()->at(0).answer_class, "yes");
}

TEST_F(Records, OnlyTheSameQuestionToTheSameModelCountsAsAsked) {
  ASSERT_TRUE(project_.add_answers({answer(0, "yes"), answer(1, "no"), answer(1, "yes")}));
  EXPECT_EQ(project_.samples_without_answer("replay", "answers.jsonl", "abc")->size(), 8U);
  EXPECT_EQ(project_.samples_without_answer("replay", "answers.jsonl", "abc")->at(0).name, "v.avi#frame=2");
  EXPECT_EQ(project_.samples_without_answer("replay", "answers.jsonl", "other")->size(), 10U);
  EXPECT_EQ(project_.samples_without_answer("replay", "other", "abc")->size(), 10U);
  EXPECT_EQ(project_.samples_without_answer("openai", "answers.jsonl", "abc")->size(), 10U);
}

TEST_F(Records, TheNewestLabelStandsAndAPersonsAlwaysDoes) {
  ASSERT_TRUE(project_.set_labels({label(0, "yes", "policy"), label(1, "", "policy")}));
  EXPECT_EQ(standing(0), "policy:yes");
  EXPECT_EQ(standing(1), "policy:") << "set aside";
  EXPECT_EQ(standing(2), "none");
  ASSERT_TRUE(project_.set_labels({label(0, "no", "policy")}));
  EXPECT_EQ(standing(0), "policy:no");
  ASSERT_TRUE(project_.set_labels({label(0, "yes", "human", "Ada")}));
  ASSERT_TRUE(project_.set_labels({label(0, "no", "policy", "7"), label(1, "no", "policy")}));
  EXPECT_EQ(standing(0), "human:yes");
  EXPECT_EQ(standing(1), "policy:no") << "the others of the call are set";
  ASSERT_TRUE(project_.set_labels({label(0, "no", "human", "Ada")}));
  EXPECT_EQ(standing(0), "human:no");
  EXPECT_EQ(project_.labels()->size(), 2U);
  EXPECT_EQ(project_.labels()->at(0).basis, "Ada");
  EXPECT_EQ(sql_integer("SELECT count(*) FROM labels WHERE sample = " + std::to_string(sample(0))), 4)
      << "the history is kept";
}

TEST_F(Records, ADecisionTakenBackStandsNoLongerAndIsKept) {
  ASSERT_TRUE(project_.set_labels({label(0, "yes", "policy"), label(1, "yes", "policy")}));
  EXPECT_FALSE(*project_.withdraw_label(sample(0))) << "a policy's label is nobody's decision";
  ASSERT_TRUE(project_.set_labels({label(0, "no", "human", "Ada")}));
  ASSERT_TRUE(project_.set_labels({label(0, "", "human", "Ada")}));
  EXPECT_TRUE(*project_.withdraw_label(sample(0)));
  EXPECT_EQ(standing(0), "human:no");
  EXPECT_TRUE(*project_.withdraw_label(sample(0)));
  EXPECT_EQ(standing(0), "policy:yes");
  EXPECT_FALSE(*project_.withdraw_label(sample(0)));
  ASSERT_TRUE(project_.set_labels({label(0, "no", "policy", "7")}));
  EXPECT_EQ(standing(0), "policy:no") << "a policy decides again";
  ASSERT_TRUE(project_.set_labels({label(0, "no", "human", "Ada")}));
  EXPECT_EQ(standing(0), "human:no") << "the same decision again is a new one";
  EXPECT_EQ(sql_integer("SELECT count(*) FROM labels WHERE sample = " + std::to_string(sample(0))), 5);
}

TEST_F(Records, ALocalLabelStandsWhereNothingElseDoes) {
  ASSERT_TRUE(project_.set_labels({label(0, "no", "policy"), label(1, "", "policy")}));
  ASSERT_TRUE(project_.set_local_labels(
      {label(0, "yes", "local", "0.99"), label(1, "yes", "local"), label(2, "yes", "local", "0.973")}));
  EXPECT_EQ(standing(0), "policy:no");
  EXPECT_EQ(standing(1), "policy:") << "set aside by the teacher";
  EXPECT_EQ(standing(2), "local:yes");
  EXPECT_EQ(project_.labels()->at(2).basis, "0.973");
  ASSERT_TRUE(project_.set_labels({label(2, "no", "human", "Ada")}));
  EXPECT_EQ(standing(2), "human:no");
  EXPECT_TRUE(*project_.withdraw_label(sample(2)));
  EXPECT_EQ(standing(2), "local:yes");
  ASSERT_TRUE(project_.set_local_labels({label(3, "no", "local")}));
  EXPECT_EQ(standing(2), "none") << "the earlier ones are replaced";
  EXPECT_EQ(standing(3), "local:no");
  EXPECT_FALSE(project_.set_local_labels({label(4, "maybe", "local")}));
  EXPECT_EQ(standing(3), "local:no");
}

TEST_F(Records, DecidingTheSameAgainAddsNothing) {
  ASSERT_TRUE(project_.set_labels({label(0, "yes", "policy")}));
  ASSERT_TRUE(project_.set_labels({label(0, "yes", "policy")}));
  EXPECT_EQ(sql_integer("SELECT count(*) FROM labels"), 1);
}

TEST_F(Records, RunsAreNumberedAndHaveAFolder) {
  const auto first = project_.begin_run("{\"alpha\":0.35}");
  ASSERT_TRUE(first) << told(first);
  EXPECT_THAT(first->folder, ::testing::MatchesRegex("runs/0001-20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]"));
  EXPECT_TRUE(fs::is_directory(folder_ / first->folder));
  EXPECT_EQ(first->state, "training");
  // A folder that a run stopped too early left, or that came with a backup.
  ASSERT_TRUE(make_folders(folder_ / "runs" / "0007-old"));
  dew::Run second = *project_.begin_run("{}");
  EXPECT_EQ(second.id, 8);
  second.state = "done";
  second.results_json = "{\"accuracy\":0.97}";
  ASSERT_TRUE(project_.update_run(second));
  const auto runs = *Project::open(folder_)->runs();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].state, "training");
  EXPECT_EQ(runs[0].settings_json, "{\"alpha\":0.35}");
  EXPECT_EQ(runs[1].state, "done");
  EXPECT_EQ(runs[1].results_json, "{\"accuracy\":0.97}");
  EXPECT_EQ(runs[1].folder, second.folder);
  second.id = 99;
  EXPECT_THAT(told(project_.update_run(second)), HasSubstr("no run 99"));
}

}  // namespace
}  // namespace dew
