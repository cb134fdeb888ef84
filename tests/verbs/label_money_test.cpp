// What labelling costs: the forecast, the dry run, the budget, the bills. The server counts tokens by
// OpenAI's public rules, on its own.
#include "tests/verbs/label_project.h"

namespace dew::testing {
namespace {

using Json = nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using verbs::label;
using verbs::LabelArgs;
using verbs::plan_label;

class VerbLabelMoney : public LabelTest {
 protected:
  [[nodiscard]] LabelArgs priced(const FakeOpenAi& server) const {
    LabelArgs args = args_for({server.base_url() + kPricedModel});
    args.changes = {detail("low")};
    return args;
  }
};

TEST_F(VerbLabelMoney, ADryRunTellsItAllAndSendsNothing) {
  make(8);
  const FakeOpenAi server(counting_script());
  LabelArgs args = priced(server);
  args.sample = 6;
  args.changes.emplace_back([](Settings& settings) { settings.instructions = "Rings are no discs."; });
  LabelWatch watch;
  const auto outcome = plan_label(args, watch);
  ASSERT_EQ(error_of(outcome), "no error");
  ASSERT_EQ(outcome->plan.teachers.size(), 1U);
  const verbs::TeacherPlan& plan = outcome->plan.teachers[0];
  EXPECT_EQ(plan.questions, 6);
  EXPECT_THAT(plan.prompt, HasSubstr("Rings are no discs."));
  EXPECT_GT(plan.forecast.usd.value_or(0), 0);
  EXPECT_EQ(outcome->plan.forecast.usd, plan.forecast.usd);
  EXPECT_GT(plan.forecast.tokens_out, 0);
  EXPECT_THAT(plan.prices_true_on, ::testing::MatchesRegex("20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]"));
  const auto lines = describe(outcome->plan);
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0], HasSubstr("6 questions, about "));
  EXPECT_THAT(lines[0], HasSubstr(verbs::dollars(plan.forecast.usd) + " at the prices of 20"));
  EXPECT_THAT(outcome->samples, SizeIs(6));
  EXPECT_EQ(plan_label(args, watch)->samples, outcome->samples) << "the same ones each time";
  const auto json = to_json(*outcome);
  EXPECT_EQ(json["dry_run"], true);
  EXPECT_EQ(json["asked"], 0);
  EXPECT_EQ(json["prompt"], plan.prompt);
  EXPECT_EQ(json["samples"].size(), 6U);
  EXPECT_TRUE(json["teachers"][0]["cost_usd"].is_null());

  EXPECT_EQ(server.requests(), 0);
  EXPECT_THAT(*Project::open(project())->bills(), IsEmpty());
  EXPECT_THAT(labels(), IsEmpty());
}

TEST_F(VerbLabelMoney, TheForecastIsToldFirstAndTheBillIsTheServers) {
  make(5);
  const FakeOpenAi server(counting_script());
  LabelWatch watch;
  int64_t requests_when_told = -1;
  watch.on_inform = [&] { requests_when_told = server.requests(); };
  const auto outcome = label(priced(server), watch);
  ASSERT_EQ(error_of(outcome), "no error");
  EXPECT_EQ(requests_when_told, 0);
  EXPECT_THAT(watch.informed, Contains(HasSubstr("5 questions, about ")));
  EXPECT_THAT(watch.notes, Contains(HasSubstr("5 answers, $0.00")));
  EXPECT_NEAR(outcome->total.cost_usd.value(), billed(server), 1e-9);
  EXPECT_NEAR(*outcome->plan.forecast.usd / *outcome->total.cost_usd, 1, 0.1);
  EXPECT_EQ(outcome->bills[0].forecast_usd, outcome->plan.forecast.usd);
  EXPECT_EQ(outcome->bills[0].cost_usd, outcome->total.cost_usd);
  EXPECT_EQ(outcome->total.tokens_in, server.tokens_in());
  EXPECT_EQ(outcome->total.tokens_out, server.tokens_out());
}

TEST_F(VerbLabelMoney, ASpentBudgetStopsAndTheNextCallGoesOn) {
  make(20);
  const FakeOpenAi server(counting_script());
  LabelArgs args = priced(server);
  args.options.budget_usd = 0.01;
  LabelWatch watch;
  const auto outcome = label(args, watch);
  ASSERT_EQ(error_of(outcome), "no error");
  ASSERT_TRUE(outcome->stopped);
  EXPECT_THAT(outcome->stopped->what, HasSubstr("budget of $0.01"));
  EXPECT_THAT(outcome->stopped->next, HasSubstr("--budget"));
  EXPECT_LE(*outcome->total.cost_usd, 0.01);
  EXPECT_GT(outcome->total.asked, 3);
  EXPECT_EQ(outcome->counts->labelled, outcome->total.asked) << "what was answered is kept";
  args.options.budget_usd = 5;
  const auto rest = label(args, watch);
  EXPECT_FALSE(rest->stopped);
  EXPECT_EQ(rest->total.asked, 20 - outcome->total.asked);
  EXPECT_EQ(server.requests(), 20);
}

TEST_F(VerbLabelMoney, OneBudgetIsForAllTeachers) {
  make(8);
  const FakeOpenAi server(counting_script());
  LabelArgs args = priced(server);
  args.teachers.push_back(server.base_url() + "#gpt-4o-2024-11-20");
  args.options.budget_usd = 0.012;
  LabelWatch watch;
  const auto outcome = label(args, watch);
  ASSERT_EQ(error_of(outcome), "no error");
  ASSERT_TRUE(outcome->stopped);
  EXPECT_THAT(outcome->stopped->what, HasSubstr("budget"));
  EXPECT_EQ(outcome->bills[0].asked, 8);
  EXPECT_LT(outcome->bills[1].asked, 8);
  EXPECT_LE(*outcome->total.cost_usd, 0.012);
  EXPECT_NEAR(*outcome->total.cost_usd, *outcome->bills[0].cost_usd + outcome->bills[1].cost_usd.value_or(0),
              1e-9);
}

TEST_F(VerbLabelMoney, TheBillSaysWhatOfItIsEstimated) {
  make(3);
  Json script = counting_script();
  script["steps"] = {{{"label", "yes"}}, {{"cut", true}}};
  const FakeOpenAi server(script);
  LabelArgs args = priced(server);
  args.options.retries = 1;
  args.options.first_pause = std::chrono::milliseconds(1);
  LabelWatch watch;
  ASSERT_EQ(error_of(label(args, watch)), "no error");
  EXPECT_EQ(server.requests(), 4);
  const auto outcome = verbs::bills(project(), watch);
  ASSERT_EQ(error_of(outcome), "no error");
  ASSERT_THAT(outcome->runs, SizeIs(1));
  const Bill& bill = outcome->runs[0];
  EXPECT_GT(bill.estimated_tokens_in, 0);
  EXPECT_EQ(bill.tokens_in - bill.estimated_tokens_in, server.tokens_in()) << "the rest is the server's";
  EXPECT_NEAR(*bill.cost_usd - bill.estimated_usd, billed(server), 1e-9);
  const auto json = to_json(*outcome);
  EXPECT_EQ(json["runs"][0]["estimated_tokens_in"], bill.estimated_tokens_in);
  EXPECT_EQ(json["runs"][0]["estimated_tokens_out"], bill.estimated_tokens_out);
  EXPECT_NEAR(json["runs"][0]["estimated_usd"].get<double>(), bill.estimated_usd, 1e-6);
  EXPECT_NEAR(json["teachers"][0]["estimated_usd"].get<double>(), bill.estimated_usd, 1e-6);
}

TEST_F(VerbLabelMoney, BillsByRunAndByTeacher) {
  make(3);
  LabelWatch watch;
  auto none = verbs::bills(project(), watch);
  ASSERT_EQ(error_of(none), "no error");
  EXPECT_THAT(none->runs, IsEmpty());
  EXPECT_THAT(none->teachers, IsEmpty());

  const FakeOpenAi server(counting_script());
  LabelArgs args = priced(server);
  args.limit = 2;
  ASSERT_EQ(error_of(label(args, watch)), "no error");
  args.limit.reset();
  ASSERT_EQ(error_of(label(args, watch)), "no error");
  ASSERT_EQ(error_of(label(args_for({server.base_url() + "#llava"}), watch)), "no error");
  ASSERT_EQ(error_of(label(args, watch)), "no error") << "nothing is left to ask: no bill";

  const auto outcome = verbs::bills(project(), watch);
  ASSERT_EQ(error_of(outcome), "no error");
  ASSERT_THAT(outcome->runs, SizeIs(3));
  EXPECT_EQ(outcome->runs[0].asked, 2);
  EXPECT_EQ(outcome->runs[1].asked, 1);
  EXPECT_EQ(outcome->runs[2].cost_usd, std::nullopt);
  ASSERT_THAT(outcome->teachers, SizeIs(2));
  EXPECT_EQ(outcome->teachers[0].name, "openai gpt-4o-2024-08-06");
  EXPECT_EQ(outcome->teachers[0].runs, 2);
  EXPECT_EQ(outcome->teachers[0].asked, 3);
  EXPECT_NEAR(outcome->teachers[0].cost_usd.value(), *outcome->runs[0].cost_usd + *outcome->runs[1].cost_usd,
              1e-9);
  EXPECT_EQ(outcome->teachers[1].cost_usd, std::nullopt) << "no price is known for llava";
  const auto json = to_json(*outcome);
  EXPECT_EQ(json["runs"][1]["run"], outcome->runs[1].id);
  EXPECT_EQ(json["teachers"][0]["runs"], 2);
  EXPECT_TRUE(json["teachers"][1]["cost_usd"].is_null());
  EXPECT_FALSE(verbs::bills(folder_.path() / "nowhere", watch));
}

}  // namespace
}  // namespace dew::testing
