// label with gold: prompts against people's labels, as typed scores.
#include "tests/verbs/label_project.h"

namespace dew::testing {
namespace {

using Json = nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using verbs::label;
using verbs::LabelArgs;

class VerbLabelGold : public LabelTest {
 protected:
  /// Six pictures, four of them labelled by a person, who sees one disc only.
  void SetUp() override {
    make(6);
    label_by_hand(
        {{"disc-000.png", "yes"}, {"disc-001.png", "no"}, {"disc-002.png", "no"}, {"disc-003.png", "no"}});
  }
  [[nodiscard]] LabelArgs gold(const std::string& teacher) const {
    LabelArgs args = args_for({teacher});
    args.gold = true;
    return args;
  }
};

TEST_F(VerbLabelGold, PromptsSideBySide) {
  const FakeOpenAi server(Json::parse(
      R"({"steps": [{"label": "yes", "times": 2}, {"label": "no", "times": 2}], "then": {"label": "no"}})"));
  const std::string teacher = server.base_url() + "#m";
  LabelWatch watch;
  const auto first = label(gold(teacher), watch);
  ASSERT_EQ(error_of(first), "no error");
  EXPECT_FALSE(first->stopped);
  EXPECT_EQ(first->total.asked, 4) << "people's samples, and no others";
  ASSERT_TRUE(first->gold);
  EXPECT_EQ(first->gold->samples, 4);
  EXPECT_EQ(first->gold->like_examples, 0);
  ASSERT_THAT(first->gold->versions, SizeIs(1));
  const verbs::PromptScore& only = first->gold->versions[0];
  EXPECT_EQ(only.score.voter.model, "m");
  EXPECT_EQ(only.score.asked, 4);
  EXPECT_EQ(only.score.accuracy.hits, 3);
  EXPECT_NEAR(only.score.accuracy.low, 0.3006, 1e-3);
  EXPECT_EQ(only.score.precision[0].value(), 0.5);
  EXPECT_EQ(only.score.recall[1].of, 3);
  EXPECT_FALSE(only.score.calibration) << "four are too few";
  EXPECT_TRUE(only.current);
  EXPECT_TRUE(only.focus);
  EXPECT_FALSE(only.rival);
  EXPECT_EQ(only.differs, "");
  EXPECT_THAT(only.settings, Contains(Pair("detail", "auto")));
  EXPECT_THAT(only.settings, Contains(Pair("question", "Is there a disc?")));
  ASSERT_TRUE(first->gold->policy);
  EXPECT_EQ(first->gold->policy->asked, 4);
  EXPECT_EQ(first->gold->policy->accuracy.hits, 3);

  LabelArgs low = gold(teacher);
  low.changes = {detail("low")};
  const auto second = label(low, watch);
  ASSERT_EQ(error_of(second), "no error");
  EXPECT_EQ(second->total.asked, 4);
  ASSERT_THAT(second->gold->versions, SizeIs(2));
  EXPECT_EQ(second->gold->versions[0].differs, "detail auto");
  EXPECT_FALSE(second->gold->versions[0].current);
  EXPECT_FALSE(second->gold->versions[0].focus);
  const verbs::PromptScore& newer = second->gold->versions[1];
  EXPECT_EQ(newer.differs, "detail low");
  EXPECT_TRUE(newer.current);
  ASSERT_TRUE(newer.rival);
  EXPECT_EQ(newer.rival->prompt_hash, only.score.voter.prompt);
  EXPECT_EQ(newer.rival->model, "m");
  EXPECT_EQ(newer.rival->duel.both, 4);
  EXPECT_EQ(newer.rival->duel.differ, 2);
  EXPECT_EQ(newer.rival->duel.only_first, 1) << "it says no to disc 1";
  EXPECT_EQ(newer.rival->duel.only_second, 1) << "and to disc 0";
  EXPECT_EQ(label(gold(teacher), watch)->total.asked, 0);
  for (const auto& [name, standing] : labels()) EXPECT_THAT(standing, HasSubstr("human")) << name;

  const auto json = to_json(*second);
  EXPECT_EQ(json["gold"], 4);
  EXPECT_EQ(json["versions"][1]["right"], 3);
  EXPECT_EQ(json["versions"][1]["name"], newer.score.voter.prompt.substr(0, 8));
  EXPECT_EQ(json["versions"][1]["prompt"]["detail"], "low");
  EXPECT_EQ(json["versions"][0]["classes"][0]["precision"]["share"], 0.5);
  EXPECT_TRUE(json["versions"][0]["calibration"].is_null());
  EXPECT_EQ(json["policy"]["answered"], 4);
  EXPECT_EQ(json["labelled"], 4);
}

TEST_F(VerbLabelGold, ANewModelIsComparedWithTheOldOneAskedInTheSameWay) {
  const FakeOpenAi old_server(
      Json::parse(R"({"steps": [{"label": "yes", "times": 2}], "then": {"label": "no"}})"));
  const FakeOpenAi right_server(Json::parse(R"({"steps": [{"label": "yes"}], "then": {"label": "no"}})"));
  const FakeOpenAi new_server(Json::parse(R"({"then": {"label": "no"}})"));
  LabelWatch watch;
  ASSERT_EQ(error_of(label(gold(old_server.base_url() + "#old"), watch)), "no error");
  LabelArgs low = gold(right_server.base_url() + "#old");
  low.changes = {detail("low")};
  ASSERT_EQ(error_of(label(low, watch)), "no error");
  const auto outcome = label(gold(new_server.base_url() + "#new"), watch);
  ASSERT_EQ(error_of(outcome), "no error");
  ASSERT_THAT(outcome->gold->versions, SizeIs(3));
  const verbs::PromptScore& newest = outcome->gold->versions[2];
  ASSERT_TRUE(newest.rival);
  EXPECT_EQ(newest.rival->model, "old");
  EXPECT_EQ(newest.rival->prompt_hash, outcome->gold->versions[0].score.voter.prompt)
      << "not the more accurate one, which was asked with another detail";
  EXPECT_EQ(newest.rival->duel.differ, 2);
  const auto json = to_json(*outcome);
  EXPECT_EQ(json["versions"][2]["against"]["differ"], 2);
  EXPECT_EQ(json["versions"][2]["against"]["model"], "old");
  EXPECT_TRUE(json["versions"][0]["against"].is_null());
}

TEST_F(VerbLabelGold, WithoutATeacherWhatIsThereIsScored) {
  LabelArgs nobody = args_for({});
  nobody.gold = true;
  LabelWatch watch;
  const auto empty = label(nobody, watch);
  ASSERT_EQ(error_of(empty), "no error");
  EXPECT_EQ(empty->gold->samples, 4);
  EXPECT_THAT(empty->gold->versions, IsEmpty());
  EXPECT_FALSE(empty->gold->policy);
  EXPECT_TRUE(to_json(*empty)["policy"].is_null());

  const FakeOpenAi server(Json::object());
  ASSERT_EQ(error_of(label(gold(server.base_url() + "#a"), watch)), "no error");
  ASSERT_EQ(error_of(label(gold(server.base_url() + "#b"), watch)), "no error");
  const auto scored = label(nobody, watch);
  ASSERT_EQ(error_of(scored), "no error");
  EXPECT_THAT(scored->plan.teachers, IsEmpty());
  EXPECT_EQ(scored->total.asked, 0);
  ASSERT_THAT(scored->gold->versions, SizeIs(2));
  EXPECT_FALSE(scored->gold->versions[1].current);
  EXPECT_FALSE(scored->gold->versions[0].focus);
  EXPECT_TRUE(scored->gold->versions[1].focus) << "the one that answered last";
  EXPECT_EQ(server.requests(), 8);
}

TEST_F(VerbLabelGold, DamagedPromptSettingsAreNotRecorded) {
  const FakeOpenAi server(Json::object());
  LabelWatch watch;
  const auto asked = label(gold(server.base_url() + "#m"), watch);
  ASSERT_EQ(error_of(asked), "no error");
  LabelArgs nobody = args_for({});
  nobody.gold = true;
  for (const char* damaged : {"{", "[1]", R"({"detail": 3})"}) {
    Project opened = *Project::open(project());
    ASSERT_TRUE(opened.set_note("prompt:" + asked->plan.teachers[0].prompt_hash, damaged));
    const auto scored = label(nobody, watch);
    ASSERT_EQ(error_of(scored), "no error") << damaged;
    EXPECT_THAT(scored->gold->versions[0].settings, IsEmpty()) << damaged;
    EXPECT_EQ(scored->gold->versions[0].differs, "(not recorded)") << damaged;
  }
}

TEST_F(VerbLabelGold, ExamplesAndWhatLooksLikeThemAreNotScored) {
  const std::map<std::string, std::string> copied{
      {"0.png", "yes"}, {"1.png", "no"}, {"2.png", "no"}, {"3.png", "no"}};
  for (const auto& [name, truth] : copied) {  // each with one byte that differs
    Image copy = *read_image(folder_.path() / "pictures" / ("disc-00" + name));
    copy.rgb.back() ^= 1;
    ASSERT_TRUE(write_file(folder_.path() / "copies" / name, encode_png(copy)));
  }
  add(folder_.path() / "copies");
  label_by_hand(copied);
  const FakeOpenAi server(Json::object());
  LabelArgs args = gold(server.base_url() + "#m");
  args.changes = {[](Settings& settings) {
    settings.examples = 1;
    settings.spread_bits = 0;
  }};
  LabelWatch watch;
  const auto outcome = label(args, watch);
  ASSERT_EQ(error_of(outcome), "no error");
  EXPECT_EQ(outcome->gold->samples, 6) << "of eight, not the example and not its copy";
  EXPECT_EQ(outcome->gold->like_examples, 1);
  EXPECT_EQ(outcome->total.asked, 6);
  EXPECT_THAT(watch.informed, Contains(HasSubstr("1 gold samples look like an example")));
}

}  // namespace
}  // namespace dew::testing
