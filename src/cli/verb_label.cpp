// dewdrop label: a teacher answers the question for every sample that has no answer yet.
#include <fmt/format.h>

#include "cli/label_plan.h"
#include "cli/open.h"
#include "cli/student_teacher.h"
#include "cli/verbs.h"
#include "label/label.h"

namespace dew {
namespace {

constexpr size_t kNamedFailures = 10;  ///< on the terminal; the JSON object has all

struct Outcome {
  Bill bill;
  std::vector<std::pair<std::string, Error>> failures;
};

/// The teacher of dewdrop.toml; an answers file is looked for beside it, wherever the command is run.
std::string project_teacher(const Project& project) {
  constexpr std::string_view kReplay = "replay:";
  const std::string& spec = project.settings().teacher;
  if (!spec.starts_with(kReplay)) return spec;
  return std::string(kReplay) + (project.folder() / spec.substr(kReplay.size())).string();
}

/// "12 answers, 1 failed, $0.0031 of about $0.0520": the rest is taken to cost what those before did.
std::string tally(const Bill& bill, size_t samples) {
  std::string text = fmt::format("{} answers", bill.asked - bill.failed);
  if (bill.failed > 0) text += fmt::format(", {} failed", bill.failed);
  if (bill.cost_usd.value_or(0) > 0)
    text +=
        fmt::format(", {} of about {}", dollars(bill.cost_usd),
                    dollars(*bill.cost_usd / static_cast<double>(bill.asked) * static_cast<double>(samples)));
  return text;
}

void count(Bill& bill, const Reply& reply) {
  ++bill.asked;
  if (!reply.answer) ++bill.failed;
  bill.tokens_in += reply.spent.tokens_in;
  bill.tokens_out += reply.spent.tokens_out;
  if (bill.cost_usd) *bill.cost_usd += reply.spent.usd.value_or(0);
}

/// Asks about all of `samples`. Answers that came together are in the database before more is asked.
Result<void> ask_all(Project& project, Teacher& teacher, const std::vector<Sample>& samples, Context context,
                     Console& console, Outcome& outcome) {
  size_t at = 0;
  const auto next = [&]() -> std::optional<Question> {
    if (at == samples.size()) return std::nullopt;
    const Sample& sample = samples[at++];
    return Question{sample.id, sample.name, [&project, &sample] { return project.picture(sample); },
                    context_of(project, sample, context)};
  };
  const auto give = [&](std::vector<Reply> replies) -> Result<void> {
    std::vector<Answer> answers;
    for (Reply& reply : replies) {
      count(outcome.bill, reply);
      if (reply.answer)
        answers.push_back(*std::move(reply.answer));
      else
        outcome.failures.emplace_back(reply.name, reply.answer.error());
    }
    console.advance(outcome.bill.asked, tally(outcome.bill, samples.size()));
    return project.add_answers(answers, outcome.bill);
  };
  return teacher.ask(next, give, console);
}

void tell_plan(const LabelPlan& plan, const Teacher& teacher, Console& console) {
  if (plan.spread > 0)
    console.say(
        fmt::format("{} samples show what another one shows and take its label (--spread off asks all)",
                    with_commas(plan.spread)));
  if (teacher.prompt_text().empty() || plan.samples.empty()) return;  // costs nothing
  const std::string amount =
      plan.forecast.usd
          ? fmt::format("about {} at the prices of {}", dollars(plan.forecast.usd), teacher.prices_true_on())
          : "no price is known of " + printable(teacher.model(), 60) + " (prices.toml adds one)";
  console.say(fmt::format(
      "{} questions, about {} + {} tokens: {}", with_commas(static_cast<int64_t>(plan.samples.size())),
      with_commas(plan.forecast.tokens_in), with_commas(plan.forecast.tokens_out), amount));
}

void tell(const Outcome& outcome, const LabelCounts& counts, Console& console) {
  std::string by_class;
  for (const auto& [name, number] : counts.by_class)
    by_class += fmt::format("  {} {}", name, with_commas(number));
  console.say(fmt::format("{} labelled:{}; {} unsure and set aside, {} without an answer",
                          with_commas(counts.labelled), by_class, with_commas(counts.unsure),
                          with_commas(counts.unlabelled)));
  const Bill& bill = outcome.bill;
  if (bill.tokens_in > 0)
    console.say(fmt::format("spent {} on {} + {} tokens", dollars(bill.cost_usd), with_commas(bill.tokens_in),
                            with_commas(bill.tokens_out)));
  for (size_t i = 0; i < outcome.failures.size() && i < kNamedFailures; ++i)
    console.warn(
        fmt::format("no answer for {}: {}", outcome.failures[i].first, outcome.failures[i].second.what));
  if (outcome.failures.size() > kNamedFailures)
    console.warn(
        fmt::format("... and for {} more (--json names them all)", outcome.failures.size() - kNamedFailures));
}

Json plan_json(const LabelPlan& plan, const Teacher& teacher) {
  return Json{{"teacher", teacher.name()},
              {"model", teacher.model()},
              {"spread", plan.spread},
              {"forecast_usd", plan.forecast.usd ? Json(*plan.forecast.usd) : Json(nullptr)},
              {"forecast_tokens_in", plan.forecast.tokens_in},
              {"forecast_tokens_out", plan.forecast.tokens_out}};
}

Json to_json(const Outcome& outcome, const LabelCounts& counts, const LabelPlan& plan,
             const Teacher& teacher) {
  Json failures = Json::array();
  for (const auto& [name, error] : outcome.failures)
    failures.push_back({{"sample", name}, {"why", error.what}});
  Json json = plan_json(plan, teacher);
  json["asked"] = outcome.bill.asked;
  json["labelled"] = counts.labelled;
  json["unsure"] = counts.unsure;
  json["failed"] = outcome.bill.failed;
  json["unlabelled"] = counts.unlabelled;
  json["cost_usd"] = outcome.bill.cost_usd ? Json(*outcome.bill.cost_usd) : Json(nullptr);
  json["tokens_in"] = outcome.bill.tokens_in;
  json["tokens_out"] = outcome.bill.tokens_out;
  json["by_class"] = counts.by_class;
  json["failures"] = failures;
  return json;
}

/// Everything but the sending.
Json rehearse(const LabelPlan& plan, const Teacher& teacher, Console& console) {
  constexpr size_t kShown = 5;
  console.say(teacher.prompt_text());
  console.say("");
  Json samples = Json::array();
  for (size_t i = 0; i < plan.samples.size(); ++i) {
    samples.push_back(plan.samples[i].name);
    if (i < kShown) console.say(plan.samples[i].name);
  }
  if (plan.samples.size() > kShown) console.say(fmt::format("... and {} more", plan.samples.size() - kShown));
  tell_plan(plan, teacher, console);
  console.say("nothing was sent (--dry-run)");
  Json json = plan_json(plan, teacher);
  json["asked"] = 0;
  json["dry_run"] = true;
  json["prompt"] = teacher.prompt_text();
  json["samples"] = samples;
  return json;
}

}  // namespace

Result<Json> verb_label(const LabelArgs& args, Console& console) {
  DEW_TRY(Project project, open_project(args.project, console));
  if (args.bill_only) return tell_bills(project, console);
  const Settings& settings = project.settings();
  const std::string spec = args.teacher.empty() ? project_teacher(project) : args.teacher;
  if (spec.empty())
    return usage_error("no teacher is named", {},
                       "give --teacher, for example openai:gpt-4o or replay:answers.jsonl");
  TeacherOptions options = args.options;
  if (options.prices.empty()) options.prices = project.folder() / "prices.toml";
  DEW_TRY(options.examples, gold_examples(project, args.examples));
  const Prompt prompt{settings.question, settings.classes, settings.unsure};
  if (spec.starts_with("batch:"))
    options.batches = BatchBook{[&project] { return project.batches(); },
                                [&project](const Batch& batch) { return project.keep_batch(batch); }};
  const bool from_run = spec == "student" || spec.starts_with("student:");
  DEW_TRY(const auto teacher,
          from_run ? make_student_teacher(project, spec) : make_teacher(spec, prompt, options));
  DEW_TRY(const LabelPlan plan, plan_labels(project, *teacher, args, options.examples, console));
  if (args.dry_run) return rehearse(plan, *teacher, console);
  tell_plan(plan, *teacher, console);

  Outcome outcome;
  outcome.bill.teacher = options.batches ? "batch" : teacher->name();
  outcome.bill.model = teacher->model();
  outcome.bill.prompt_hash = teacher->prompt_hash();
  outcome.bill.forecast_usd = plan.forecast.usd;
  if (plan.forecast.usd) outcome.bill.cost_usd = 0;
  Result<void> asked;
  if (!plan.samples.empty()) {
    DEW_TRY(outcome.bill, project.begin_bill(outcome.bill));
    console.begin("labelling", static_cast<int64_t>(plan.samples.size()));
    asked = ask_all(project, *teacher, plan.samples, options.context, console, outcome);
    console.end();
  }
  // What was answered counts, whatever ended the run.
  DEW_TRY(const auto counts, relabel(project));
  tell(outcome, counts, console);
  const Json done = to_json(outcome, counts, plan, *teacher);
  if (asked && outcome.bill.failed == 0) return done;
  console.partial(done);
  if (!asked) return tl::unexpected(asked.error());
  return work_error(fmt::format("{} of {} samples got no answer", outcome.bill.failed, outcome.bill.asked),
                    {}, "run the same command again: only they are asked");
}

}  // namespace dew
