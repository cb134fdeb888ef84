// dewdrop label: a teacher answers the question for every sample that has no answer yet.
#include <fmt/format.h>

#include "cli/verbs.h"
#include "label/label.h"

namespace dew {
namespace {

constexpr size_t kNamedFailures = 10;  ///< on the terminal; the JSON object has all

struct Outcome {
  int64_t asked = 0;
  int64_t failed = 0;
  double cost_usd = 0;
  std::vector<std::pair<std::string, Error>> failures;
};

/// The teacher of dewdrop.toml; an answers file is looked for beside it, wherever the command is run.
std::string project_teacher(const Project& project) {
  constexpr std::string_view kReplay = "replay:";
  const std::string& spec = project.settings().teacher;
  if (!spec.starts_with(kReplay)) return spec;
  return std::string(kReplay) + (project.folder() / spec.substr(kReplay.size())).string();
}

std::string tally(const Outcome& outcome) {
  std::string text = fmt::format("{} answers", outcome.asked - outcome.failed);
  if (outcome.failed > 0) text += fmt::format(", {} failed", outcome.failed);
  return text;
}

/// Asks about all of `samples`. Answers that came together are in the database before more is asked.
Result<void> ask_all(Project& project, Teacher& teacher, const std::vector<Sample>& samples, Console& console,
                     Outcome& outcome) {
  size_t at = 0;
  const auto next = [&]() -> std::optional<Question> {
    if (at == samples.size()) return std::nullopt;
    const Sample& sample = samples[at++];
    return Question{sample.id, sample.name, [&project, &sample] { return project.picture(sample); }};
  };
  const auto give = [&](std::vector<Reply> replies) -> Result<void> {
    std::vector<Answer> answers;
    for (Reply& reply : replies) {
      ++outcome.asked;
      if (reply.answer) {
        outcome.cost_usd += reply.answer->cost_usd;
        answers.push_back(*std::move(reply.answer));
      } else {
        ++outcome.failed;
        outcome.failures.emplace_back(reply.name, reply.answer.error());
      }
    }
    console.advance(outcome.asked, tally(outcome));
    return project.add_answers(answers);
  };
  return teacher.ask(next, give, console);
}

void tell(const Outcome& outcome, const LabelCounts& counts, Console& console) {
  std::string by_class;
  for (const auto& [name, count] : counts.by_class)
    by_class += fmt::format("  {} {}", name, with_commas(count));
  console.say(fmt::format("{} labelled:{}; {} unsure and set aside, {} without an answer",
                          with_commas(counts.labelled), by_class, with_commas(counts.unsure),
                          with_commas(counts.unlabelled)));
  for (size_t i = 0; i < outcome.failures.size() && i < kNamedFailures; ++i)
    console.warn(
        fmt::format("no answer for {}: {}", outcome.failures[i].first, outcome.failures[i].second.what));
  if (outcome.failures.size() > kNamedFailures)
    console.warn(
        fmt::format("... and for {} more (--json names them all)", outcome.failures.size() - kNamedFailures));
}

Json to_json(const Outcome& outcome, const LabelCounts& counts, const Teacher& teacher) {
  Json failures = Json::array();
  for (const auto& [name, error] : outcome.failures)
    failures.push_back({{"sample", name}, {"why", error.what}});
  return Json{{"teacher", teacher.name()},
              {"model", teacher.model()},
              {"asked", outcome.asked},
              {"labelled", counts.labelled},
              {"unsure", counts.unsure},
              {"failed", outcome.failed},
              {"unlabelled", counts.unlabelled},
              {"spread", nullptr},  // near-duplicates are asked one by one
              {"cost_usd", teacher.name() == "replay" ? Json(0.0) : Json(nullptr)},
              {"forecast_usd", nullptr},
              {"by_class", counts.by_class},
              {"failures", failures}};
}

}  // namespace

Result<Json> verb_label(const LabelArgs& args, Console& console) {
  DEW_TRY(Project project, Project::open(args.project));
  const Settings& settings = project.settings();
  const std::string spec = args.teacher.empty() ? project_teacher(project) : args.teacher;
  if (spec.empty())
    return usage_error("no teacher is named", {},
                       "give --teacher, for example openai:gpt-4o or replay:answers.jsonl");
  const Prompt prompt{settings.question, settings.classes, settings.unsure};
  DEW_TRY(const auto teacher, make_teacher(spec, prompt, args.options));
  DEW_TRY(const auto samples,
          project.samples_without_answer(teacher->name(), teacher->model(), teacher->prompt_hash()));

  Outcome outcome;
  console.begin("labelling", static_cast<int64_t>(samples.size()));
  const auto asked = ask_all(project, *teacher, samples, console, outcome);
  console.end();
  // What was answered counts, whatever ended the run.
  DEW_TRY(const auto counts, relabel(project));
  tell(outcome, counts, console);
  const Json done = to_json(outcome, counts, *teacher);
  if (asked && outcome.failed == 0) return done;
  console.partial(done);
  if (!asked) return tl::unexpected(asked.error());
  return work_error(fmt::format("{} of {} samples got no answer", outcome.failed, outcome.asked), {},
                    "run the same command again: only they are asked");
}

}  // namespace dew
