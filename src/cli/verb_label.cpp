// dewdrop label: teachers answer the question for every sample that has no answer yet.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/label_askers.h"
#include "cli/label_gold.h"
#include "cli/label_plan.h"
#include "cli/label_worker.h"
#include "cli/verbs.h"
#include "label/label.h"
#include "verbs/common/open.h"

namespace dew {
namespace {

constexpr size_t kNamedFailures = 10;  ///< on the terminal; the JSON object has all
constexpr size_t kNextSteps = 3;       ///< what to do about them, likewise

/// A teacher, what it is to be asked, and what came of it.
struct Round {
  Asker asker;
  LabelPlan plan;
  Bill bill;
};

struct LabelRun {
  std::map<int64_t, int> gold;  ///< people's classes of the samples that are scored
  int64_t spread = 0;           ///< samples that take another's label
  Cost forecast{0, 0, 0.0};
  Bill bill;  ///< of all rounds together
  std::vector<std::pair<std::string, Error>> failures;
  std::vector<int64_t> examples;  ///< samples that are shown, not asked about
  int64_t late = 0;               ///< answers of a worker whose lease was over
};

/// "12 answers, 1 failed, $0.0031 of about $0.0520": the rest is taken to cost what those before did.
std::string tally(const Bill& bill, size_t questions) {
  std::string text = fmt::format("{} answers", bill.asked - bill.failed);
  if (bill.failed > 0) text += fmt::format(", {} failed", bill.failed);
  if (bill.cost_usd.value_or(0) > 0)
    text += fmt::format(
        ", {} of about {}", dollars(bill.cost_usd),
        dollars(*bill.cost_usd / static_cast<double>(bill.asked) * static_cast<double>(questions)));
  return text;
}

void count(Bill& bill, const Reply& reply) {
  ++bill.asked;
  if (!reply.answer) ++bill.failed;
  bill.tokens_in += reply.spent.tokens_in;
  bill.tokens_out += reply.spent.tokens_out;
  if (bill.cost_usd) *bill.cost_usd += reply.spent.usd.value_or(0);
}

/// A reply in all sums.
void count(Round& round, LabelRun& outcome, const Reply& reply) {
  count(round.bill, reply);
  count(outcome.bill, reply);
  if (!reply.answer) outcome.failures.emplace_back(reply.name, reply.answer.error());
}

/// Asks one teacher all it is to be asked. Answers that came together are in the database before more is
/// asked.
Result<void> ask_all(Project& project, Round& round, Console& console, LabelRun& outcome) {
  const LabelPlan& plan = round.plan;
  const Context context = round.asker.options.context;
  size_t at = 0;
  const auto next = [&]() -> std::optional<Question> {
    if (at == plan.questions.size()) return std::nullopt;
    const LabelPlan::Ask& ask = plan.questions[at++];
    const Sample& sample = plan.samples[ask.sample];
    return Question{sample.id, sample.name, [&project, &sample] { return project.picture(sample); },
                    context_of(project, sample, context), ask.vote};
  };
  const auto give = [&](std::vector<Reply> replies) -> Result<void> {
    std::vector<Answer> answers;
    for (Reply& reply : replies) {
      count(round, outcome, reply);
      if (reply.answer) answers.push_back(*std::move(reply.answer));
    }
    console.advance(round.bill.asked, tally(round.bill, plan.questions.size()));
    return project.add_answers(answers, round.bill);
  };
  return round.asker.teacher->ask(next, give, console);
}

/// As one of several workers: asks the teacher until nothing is left.
Result<void> share(Project& project, Round& round, const LabelArgs& args,
                   const std::vector<std::string>& prompts, Console& console, LabelRun& outcome) {
  Shift shift;
  shift.votes = round.asker.votes;
  shift.left_out = outcome.examples;
  shift.context = round.asker.options.context;
  shift.limit = args.limit;
  shift.at_once = static_cast<size_t>(round.asker.options.concurrency);
  shift.lease = args.lease;
  if (const auto& budget = round.asker.options.budget_usd)
    shift.budget = shared_budget(*budget, round.plan.forecast, round.plan.questions.size(), prompts);
  const Note note = [&](const Reply& reply) { count(round, outcome, reply); };
  DEW_TRY(const int64_t late, work_shift(project, *round.asker.teacher, shift, round.bill, note, console));
  outcome.late += late;
  return {};
}

/// What one machine does for itself cannot be shared; and workers do not share with who does not.
Result<void> check_worker(const LabelArgs& args, const Project& project, const std::vector<Round>& rounds) {
  for (const Round& round : rounds) {
    if (!args.worker) {
      DEW_CHECK(check_no_workers(project, *round.asker.teacher, round.asker.votes));
    } else if (round.asker.options.batches) {
      return usage_error("a batch is one job, which one machine sends and fetches", "--worker",
                         "leave --worker out");
    }
  }
  if (args.worker && args.sample)
    return usage_error("--sample draws for one machine, and workers share what there is", "--worker",
                       "give --limit for each worker, or leave --worker out");
  if (args.worker && args.gold)
    return usage_error("--gold asks about a few samples and scores them: that is for one machine", "--worker",
                       "leave --worker out");
  return {};
}

/// One teacher's turn, its bill opened before.
Result<void> take_turn(Project& project, const Settings& how, const LabelArgs& args,
                       const std::vector<std::string>& prompts, Round& round, Console& console,
                       LabelRun& outcome) {
  if (round.plan.questions.empty()) return {};
  if (const auto& budget = round.asker.options.budget_usd;
      budget && !args.worker && outcome.bill.cost_usd.value_or(0) > 0) {
    const double left = *budget - *outcome.bill.cost_usd;
    if (left <= 0)
      return work_error(fmt::format("the budget of ${:.2f} is spent", *budget), {},
                        "what was answered is kept; run the same command again with a new --budget");
    DEW_CHECK(remake(project, how, round.asker, left));
  }
  const Teacher& teacher = *round.asker.teacher;
  round.bill.teacher = round.asker.options.batches ? "batch" : teacher.name();
  round.bill.model = teacher.model();
  round.bill.prompt_hash = teacher.prompt_hash();
  round.bill.forecast_usd = round.plan.forecast.usd;
  if (round.plan.forecast.usd) round.bill.cost_usd = 0;
  DEW_TRY(round.bill, project.begin_bill(round.bill));
  console.begin("labelling", args.worker ? 0 : static_cast<int64_t>(round.plan.questions.size()));
  const auto asked = args.worker ? share(project, round, args, prompts, console, outcome)
                                 : ask_all(project, round, console, outcome);
  console.end();
  return asked;
}

void tell_plan(const std::vector<Round>& rounds, const LabelRun& outcome, Console& console) {
  if (outcome.spread > 0)
    console.say(
        fmt::format("{} samples show what another one shows and take its label (--spread off asks all)",
                    with_commas(outcome.spread)));
  for (const Round& round : rounds) {
    const Teacher& teacher = *round.asker.teacher;
    const LabelPlan& plan = round.plan;
    if (teacher.prompt_text().empty() || plan.questions.empty()) continue;  // costs nothing
    const std::string amount =
        plan.forecast.usd
            ? fmt::format("about {} at the prices of {}", dollars(plan.forecast.usd),
                          teacher.prices_true_on())
            : "no price is known of " + printable(teacher.model(), 60) + " (prices.toml adds one)";
    console.say(fmt::format("{}{} questions, about {} + {} tokens: {}",
                            rounds.size() > 1 ? printable(teacher.model(), 60) + ": " : "",
                            with_commas(static_cast<int64_t>(plan.questions.size())),
                            with_commas(plan.forecast.tokens_in), with_commas(plan.forecast.tokens_out),
                            amount));
  }
}

void tell_counts(const LabelCounts& counts, const Settings& settings, Console& console) {
  constexpr size_t kNamedClasses = 12;
  std::string by_class;
  if (counts.by_class.size() <= kNamedClasses) {
    for (const auto& [name, number] : counts.by_class)
      by_class += fmt::format("  {} {}", name, with_commas(number));
  } else {
    const auto fewer = [](const auto& a, const auto& b) { return a.second < b.second; };
    const auto [least, most] = std::minmax_element(counts.by_class.begin(), counts.by_class.end(), fewer);
    by_class = fmt::format("  {} classes, from {} {} to {} {}", counts.by_class.size(), least->first,
                           with_commas(least->second), most->first, with_commas(most->second));
  }
  std::string why;
  if (counts.tied > 0) why += fmt::format(", {} of them at a tie", with_commas(counts.tied));
  if (counts.below_threshold > 0)
    why += fmt::format(", {} below the threshold of {}", with_commas(counts.below_threshold),
                       settings.threshold);
  console.say(fmt::format("{} labelled:{}; {} unsure and set aside{}, {} without an answer",
                          with_commas(counts.labelled), by_class, with_commas(counts.unsure), why,
                          with_commas(counts.unlabelled)));
  if (counts.untold > 0)
    console.warn(
        fmt::format("nothing tells how sure {} of the labels are, so the threshold of {} does not touch "
                    "them: --votes 3, a "
                    "server that gives log-probabilities, or gold labels (dewdrop label --gold) would tell",
                    with_commas(counts.untold), settings.threshold));
}

/// The first ones by name; what can be done about a kind of failure stands once, below the first that has it.
void tell_failures(const std::vector<std::pair<std::string, Error>>& failures, Console& console) {
  std::set<std::string> told;
  const auto next_step = [&told](const Error& error) {
    const bool worth = !error.next.empty() && told.size() < kNextSteps && told.insert(error.next).second;
    return worth ? "\n  " + error.next : std::string();
  };
  std::string more;
  for (size_t i = 0; i < failures.size(); ++i) {
    const auto& [name, error] = failures[i];
    const std::string next = next_step(error);
    if (i < kNamedFailures)
      console.warn(fmt::format("no answer for {}: {}{}", printable(name), error.what, next));
    else
      more += next;
  }
  if (failures.size() > kNamedFailures)
    console.warn(
        fmt::format("... and for {} more (--json names them all){}", failures.size() - kNamedFailures, more));
}

void tell(const LabelRun& outcome, Console& console) {
  const Bill& bill = outcome.bill;
  if (bill.tokens_in > 0)
    console.say(fmt::format("spent {} on {} + {} tokens", dollars(bill.cost_usd), with_commas(bill.tokens_in),
                            with_commas(bill.tokens_out)));
  if (outcome.late > 0)
    console.warn(
        fmt::format("{} answers came when their lease was over and another worker had the samples: they "
                    "are paid for and not kept",
                    with_commas(outcome.late)));
  tell_failures(outcome.failures, console);
}

Json money(const std::optional<double>& usd) {
  return usd ? Json(*usd) : Json(nullptr);
}

Json plan_json(const std::vector<Round>& rounds, const LabelRun& outcome) {
  std::vector<std::string> names;
  std::vector<std::string> models;
  Json teachers = Json::array();
  for (const Round& round : rounds) {
    const Teacher& teacher = *round.asker.teacher;
    names.push_back(teacher.name());
    models.push_back(teacher.model());
    teachers.push_back({{"teacher", teacher.name()},
                        {"model", teacher.model()},
                        {"prompt_hash", teacher.prompt_hash()},
                        {"votes", round.asker.votes},
                        {"questions", round.plan.questions.size()},
                        {"asked", round.bill.asked},
                        {"failed", round.bill.failed},
                        {"cost_usd", money(round.bill.cost_usd)},
                        {"forecast_usd", money(round.plan.forecast.usd)}});
  }
  return Json{{"teacher", join(names)},
              {"model", join(models)},
              {"teachers", teachers},
              {"spread", outcome.spread},
              {"forecast_usd", money(outcome.forecast.usd)},
              {"forecast_tokens_in", outcome.forecast.tokens_in},
              {"forecast_tokens_out", outcome.forecast.tokens_out}};
}

Json to_json(const std::vector<Round>& rounds, const LabelRun& outcome, const LabelCounts& counts) {
  Json failures = Json::array();
  for (const auto& [name, error] : outcome.failures)
    failures.push_back({{"sample", name}, {"why", error.what}, {"next", error.next}});
  Json json = plan_json(rounds, outcome);
  json["asked"] = outcome.bill.asked;
  json["labelled"] = counts.labelled;
  json["unsure"] = counts.unsure;
  json["tied"] = counts.tied;
  json["below_threshold"] = counts.below_threshold;
  json["failed"] = outcome.bill.failed;
  json["unlabelled"] = counts.unlabelled;
  json["cost_usd"] = money(outcome.bill.cost_usd);
  json["tokens_in"] = outcome.bill.tokens_in;
  json["tokens_out"] = outcome.bill.tokens_out;
  json["by_class"] = counts.by_class;
  json["failures"] = failures;
  json["late"] = outcome.late;
  return json;
}

/// Everything but the sending. The samples are those of the first teacher.
Json rehearse(const std::vector<Round>& rounds, const LabelRun& outcome, Console& console) {
  constexpr size_t kShown = 5;
  const LabelPlan& plan = rounds.front().plan;
  const std::string prompt = rounds.front().asker.teacher->prompt_text();
  console.say(prompt);
  console.say("");
  Json samples = Json::array();
  for (size_t i = 0; i < plan.samples.size(); ++i) {
    samples.push_back(plan.samples[i].name);
    if (i < kShown) console.say(plan.samples[i].name);
  }
  if (plan.samples.size() > kShown) console.say(fmt::format("... and {} more", plan.samples.size() - kShown));
  tell_plan(rounds, outcome, console);
  console.say("nothing was sent (--dry-run)");
  Json json = plan_json(rounds, outcome);
  json["asked"] = 0;
  json["dry_run"] = true;
  json["prompt"] = prompt;
  json["samples"] = samples;
  return json;
}

/// The ids of the examples: they are not asked about themselves.
Result<std::set<int64_t>> ids_of(const Project& project, const std::vector<Example>& examples) {
  std::set<int64_t> ids;
  if (examples.empty()) return ids;
  std::set<std::string> names;
  for (const Example& example : examples) names.insert(example.name);
  DEW_TRY(const auto samples, project.samples());
  for (const Sample& sample : samples)
    if (names.count(sample.name) != 0) ids.insert(sample.id);
  return ids;
}

/// Who is to be asked what, and what that will cost.
Result<std::vector<Round>> plan_rounds(Project& project, const LabelArgs& args, const Settings& how,
                                       LabelRun& outcome, Console& console) {
  DEW_TRY(const auto examples, gold_examples(project, how.examples));
  DEW_TRY(auto askers, make_askers(project, args, how, examples, console));
  const bool paid = std::any_of(askers.begin(), askers.end(),
                                [](const Asker& asker) { return !asker.teacher->prompt_text().empty(); });
  DEW_TRY(auto left_out, ids_of(project, examples));
  outcome.examples.assign(left_out.begin(), left_out.end());
  std::set<int64_t> only;
  if (args.gold) {
    DEW_TRY(outcome.gold, scored_samples(project, examples, left_out, how.spread_bits, console));
    for (const auto& [sample, truth] : outcome.gold) only.insert(sample);
  } else {
    DEW_TRY(const auto spared, spread_near(project, how, paid, args.dry_run, console));
    outcome.spread = static_cast<int64_t>(spared.size());
    left_out.insert(spared.begin(), spared.end());
  }
  std::vector<Round> rounds;
  for (Asker& asker : askers) {
    Round round;
    DEW_TRY(round.plan, plan_labels(project, *asker.teacher, asker.votes, args, asker.options.context,
                                    left_out, args.gold ? &only : nullptr));
    round.asker = std::move(asker);
    const Cost& cost = round.plan.forecast;
    outcome.forecast.tokens_in += cost.tokens_in;
    outcome.forecast.tokens_out += cost.tokens_out;
    if (!cost.usd) outcome.forecast.usd.reset();
    if (outcome.forecast.usd) *outcome.forecast.usd += *cost.usd;
    rounds.push_back(std::move(round));
  }
  if (outcome.forecast.usd) outcome.bill.cost_usd = 0;
  return rounds;
}

/// Nobody is named who could be asked: what earlier answers are worth.
Result<Json> known_scores(Project& project, const Settings& how, Console& console) {
  DEW_TRY(const auto gold, scored_samples(project, {}, {}, how.spread_bits, console));
  DEW_TRY(Json scores, tell_gold(project, gold, {}, console));
  DEW_CHECK(relabel(project));
  return scores;
}

}  // namespace

Result<Json> verb_label(const LabelArgs& args, Console& console) {
  DEW_TRY(Project project, open_project(args.project, console));
  if (args.bill_only) return tell_bills(project, console);
  const Settings how = settings_for(project, args);
  LabelRun outcome;
  if (args.gold && args.teachers.empty() && how.teacher.all.empty())
    return known_scores(project, how, console);
  DEW_TRY(auto rounds, plan_rounds(project, args, how, outcome, console));
  if (args.dry_run) return rehearse(rounds, outcome, console);
  DEW_CHECK(check_worker(args, project, rounds));
  tell_plan(rounds, outcome, console);

  std::vector<Voter> voters;
  std::vector<std::string> prompts;
  for (const Round& round : rounds) {
    voters.push_back(voter_of(*round.asker.teacher));
    prompts.push_back(round.asker.teacher->prompt_hash());
    DEW_CHECK(note_prompt(project, how, round.asker));
  }
  if (!args.gold) DEW_CHECK(set_electorate(project, voters));
  Result<void> asked;
  for (Round& round : rounds)
    if (asked) asked = take_turn(project, how, args, prompts, round, console, outcome);
  // What was answered counts, whatever ended the run.
  Json scores = Json::object();
  if (args.gold) {
    DEW_TRY(scores, tell_gold(project, outcome.gold, voters, console));
  }
  DEW_TRY(const auto counts, relabel(project));
  if (!args.gold) tell_counts(counts, project.settings(), console);
  tell(outcome, console);
  Json done = to_json(rounds, outcome, counts);
  done.update(scores);
  if (asked && outcome.bill.failed == 0) return done;
  console.partial(done);
  if (!asked) return tl::unexpected(asked.error());
  return work_error(fmt::format("{} of {} questions got no answer", outcome.bill.failed, outcome.bill.asked),
                    {}, "run the same command again: only they are asked");
}

}  // namespace dew
