// Teachers, examples, spared samples and questions, in that order, and what they add up to.
#include "verbs/label/prepare.h"

#include <algorithm>

#include "verbs/label/choosing.h"

namespace dew::verbs {
namespace {

Result<std::set<int64_t>> ids_of(const Project& project,
                                 const std::vector<teacher::PromptExample>& examples) {
  std::set<int64_t> ids;
  if (examples.empty()) return ids;
  std::set<std::string> names;
  for (const teacher::PromptExample& example : examples) names.insert(example.name);
  DEW_TRY(const auto samples, project.samples());
  for (const Sample& sample : samples)
    if (names.count(sample.name) != 0) ids.insert(sample.id);
  return ids;
}

TeacherPlan plan_of(const Round& round) {
  const teacher::Teacher& teacher = *round.chosen.teacher;
  TeacherPlan plan;
  plan.teacher = teacher.name();
  plan.model = teacher.model();
  plan.prompt_hash = teacher.prompt_hash();
  plan.prompt = teacher.prompt_text();
  plan.votes = round.chosen.votes;
  plan.questions = static_cast<int64_t>(round.questions.entries.size());
  plan.forecast = round.questions.forecast;
  plan.prices_true_on = teacher.prices_true_on();
  return plan;
}

/// Of the newest teacher's questions those that are still missing from the share; they cost what all do.
Result<void> plan_share(const Project& project, Prepared& prepared, double share, const QuestionList& all) {
  DEW_TRY(const int64_t missing, Choosing::count(project, prepared.left_out, share));
  const auto open = std::max<int64_t>(1, std::ssize(all.samples));
  const int64_t asked = std::min(missing, std::ssize(all.samples));
  const auto scale = [&](int64_t& count) { count = (count * asked + open - 1) / open; };
  TeacherPlan& plan = prepared.plan.teachers.back();
  scale(plan.questions);
  scale(plan.forecast.tokens_in);
  scale(plan.forecast.tokens_out);
  if (plan.forecast.usd) *plan.forecast.usd *= static_cast<double>(asked) / static_cast<double>(open);
  return {};
}

void add(teacher::Cost& sum, const teacher::Cost& cost) {
  sum.tokens_in += cost.tokens_in;
  sum.tokens_out += cost.tokens_out;
  if (!cost.usd) sum.usd.reset();
  if (sum.usd) *sum.usd += *cost.usd;
}

}  // namespace

Result<Prepared> prepare(Project& project, const LabelArgs& args, bool dry_run, Watch& watch) {
  Prepared prepared;
  prepared.how = settings_for(project, args);
  const Settings& how = prepared.how;
  DEW_TRY(const auto samples, project.samples());
  prepared.samples = std::ssize(samples);
  DEW_TRY(const auto examples, examples_by_people(project, how.examples));
  DEW_TRY(auto teachers, choose_teachers(project, args, how, examples, watch));
  DEW_TRY(prepared.examples, ids_of(project, examples));
  std::set<int64_t>& left_out = prepared.left_out;
  left_out = prepared.examples;
  std::set<int64_t> gold;
  if (args.gold) {
    DEW_TRY(prepared.gold, gold_samples(project, examples, left_out, how.spread_bits, watch));
    for (const auto& [sample, truth] : prepared.gold.class_of) gold.insert(sample);
  } else {
    const bool paid = std::any_of(teachers.begin(), teachers.end(), [](const ChosenTeacher& one) {
      return !one.teacher->prompt_text().empty();
    });
    DEW_TRY(const auto spared, spread_near(project, how, paid, dry_run, watch));
    prepared.plan.spread = static_cast<int64_t>(spared.size());
    left_out.insert(spared.begin(), spared.end());
  }
  for (ChosenTeacher& chosen : teachers) {
    Round round;
    DEW_TRY(round.questions, list_questions(project, *chosen.teacher, chosen.votes, args,
                                            chosen.options.context, left_out, args.gold ? &gold : nullptr));
    round.chosen = std::move(chosen);
    prepared.plan.teachers.push_back(plan_of(round));
    if (args.share) DEW_CHECK(plan_share(project, prepared, *args.share, round.questions));
    add(prepared.plan.forecast, prepared.plan.teachers.back().forecast);
    prepared.rounds.push_back(std::move(round));
  }
  return prepared;
}

Result<void> check_sharing(const LabelArgs& args, const std::vector<Round>& rounds) {
  for (const Round& round : rounds)
    if (args.worker && round.chosen.options.batches)
      return usage_error("a batch is one job, which one machine sends and fetches", "--worker",
                         "leave --worker out");
  if (args.worker && args.sample)
    return usage_error("--sample draws for one machine, and workers share what there is", "--worker",
                       "give --limit for each worker, or leave --worker out");
  if ((args.share || args.enough) && (args.worker || args.gold || args.sample || args.limit))
    return usage_error("--share and --enough choose the samples themselves, on one machine", "--share",
                       "leave out --worker, --gold, --sample and --limit; --budget ends the asking earlier");
  if (args.worker && args.gold)
    return usage_error("--gold asks about a few samples and scores them: that is for one machine", "--worker",
                       "leave --worker out");
  return {};
}

}  // namespace dew::verbs
