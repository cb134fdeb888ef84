// The verb `label`: prepare, tell the plan, ask, score, decide.
#include "verbs/label/label.h"

#include <fmt/format.h>

#include <algorithm>

#include "verbs/common/open.h"
#include "verbs/label/ask.h"
#include "verbs/label/choosing.h"
#include "verbs/label/gold.h"
#include "verbs/label/prepare.h"
#include "verbs/label/teachers.h"

namespace dew::verbs {
namespace {

void stop(LabelOutcome& outcome, Error error) {
  if (!outcome.stopped) outcome.stopped = std::move(error);
}

/// Keeps who was asked and how: it says which answers decide.
Result<std::vector<label::Voter>> keep_voters(Project& project, const LabelArgs& args,
                                              const Prepared& prepared) {
  std::vector<label::Voter> voters;
  for (const Round& round : prepared.rounds) {
    voters.push_back(voter_of(*round.chosen.teacher));
    DEW_CHECK(keep_prompt_settings(project, prepared.how, round.chosen));
  }
  if (!args.gold) DEW_CHECK(label::set_electorate(project, voters));
  return voters;
}

/// The teachers that have questions.
std::vector<ChosenTeacher*> asked_ones(Prepared& prepared) {
  std::vector<ChosenTeacher*> teachers;
  for (Round& round : prepared.rounds)
    if (!round.questions.entries.empty()) teachers.push_back(&round.chosen);
  return teachers;
}

/// Scores what people labelled, and decides. What was answered counts, whatever ended the asking.
void conclude(Project& project, const GoldSamples& gold, const std::vector<label::Voter>& voters,
              LabelOutcome& outcome) {
  if (!gold.class_of.empty()) {
    auto report = score_prompts(project, gold, voters);
    if (!report) return stop(outcome, report.error());
    outcome.gold = *std::move(report);
  }
  auto counts = label::relabel(project);
  if (!counts) return stop(outcome, counts.error());
  outcome.counts = *std::move(counts);
  if (!outcome.gold && outcome.counts->labelled > 0) outcome.next = "train";
}

/// Nobody is named who could be asked: what earlier answers are worth.
Result<LabelOutcome> score_known_answers(Project& project, const Settings& how, Watch& watch) {
  DEW_TRY(const GoldSamples gold, gold_samples(project, {}, {}, how.spread_bits, watch));
  LabelOutcome outcome;
  outcome.settings = project.settings();
  outcome.total.cost_usd = 0;
  conclude(project, gold, {}, outcome);
  if (!outcome.gold) return tl::unexpected(*outcome.stopped);
  return outcome;
}

/// Of all questions those about `wanted`.
QuestionList part_of(const QuestionList& all, const std::set<int64_t>& wanted) {
  QuestionList part;
  part.samples = all.samples;
  for (const QuestionList::Entry& entry : all.entries)
    if (wanted.contains(all.samples[entry.sample].id)) part.entries.push_back(entry);
  return part;
}

/// With --share or --enough: asks round by round, then labels the rest locally.
Result<void> ask_in_rounds(Project& project, const LabelArgs& args, Prepared& prepared, LabelOutcome& outcome,
                           Watch& watch) {
  DEW_TRY(Choosing choosing, Choosing::begin(project, args, prepared.left_out, watch));
  std::vector<QuestionList> all;
  for (Round& round : prepared.rounds) all.push_back(std::move(round.questions));
  Result<void> asked;
  while (asked) {
    DEW_TRY(const auto wanted, choosing.next(watch));
    if (wanted.empty()) break;
    for (size_t i = 0; i < all.size(); ++i) prepared.rounds[i].questions = part_of(all[i], wanted);
    asked = ask_teachers(project, args, prepared, outcome, watch);
  }
  auto local = choosing.finish(watch);
  if (!asked) return asked;
  DEW_TRY(outcome.local, std::move(local));
  return {};
}

/// Recorded answers stay the same however often they are asked for.
std::string what_helps(const Prepared& prepared) {
  const bool recorded = std::all_of(prepared.rounds.begin(), prepared.rounds.end(), [](const Round& round) {
    return round.chosen.teacher->name() == "replay";
  });
  return recorded
             ? "the rest is kept; mend the file of answers for them, or label them yourself: dewdrop review"
             : "run the same command again: only they are asked";
}

}  // namespace

Result<LabelOutcome> label(const LabelArgs& args, Watch& watch) {
  DEW_TRY(Project project, open_project(args.project, watch));
  const Settings how = settings_for(project, args);
  if (args.gold && args.teachers.empty() && how.teacher.all.empty())
    return score_known_answers(project, how, watch);
  DEW_TRY(Prepared prepared, prepare(project, args, false, watch));
  DEW_CHECK(check_sharing(args, prepared.rounds));
  if (prepared.samples == 0)
    watch.warn(
        "the project has no samples yet, so there is nothing to ask about: dewdrop add FOLDER adds pictures");
  for (const std::string& line : describe(prepared.plan)) watch.inform(line);
  warn_of_endings(asked_ones(prepared), watch);
  DEW_TRY(const auto voters, keep_voters(project, args, prepared));

  LabelOutcome outcome;
  outcome.settings = project.settings();
  outcome.plan = prepared.plan;
  const auto ask = args.share || args.enough ? ask_in_rounds : ask_teachers;
  if (const auto asked = ask(project, args, prepared, outcome, watch); !asked) stop(outcome, asked.error());
  conclude(project, prepared.gold, voters, outcome);
  if (outcome.total.failed > 0)
    stop(outcome, work_error(fmt::format("{} of {} got no answer", with_commas(outcome.total.failed),
                                         plural(outcome.total.asked, "question", "questions")),
                             {}, what_helps(prepared))
                      .value());
  return outcome;
}

Result<LabelPlanOutcome> plan_label(const LabelArgs& wanted, Watch& watch) {
  LabelArgs args = wanted;
  args.options.sends = false;
  DEW_TRY(Project project, open_project(args.project, watch));
  DEW_TRY(const Prepared prepared, prepare(project, args, true, watch));
  DEW_CHECK(check_sharing(args, prepared.rounds));
  LabelPlanOutcome outcome;
  outcome.plan = prepared.plan;
  for (const Sample& sample : prepared.rounds.front().questions.samples)
    outcome.samples.push_back(sample.name);
  return outcome;
}

}  // namespace dew::verbs
