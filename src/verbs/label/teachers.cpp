// From specs and settings to teachers.
#include "verbs/label/teachers.h"

#include <fmt/format.h>

#include <algorithm>

#include "verbs/common/prompt_settings.h"
#include "verbs/label/student_teacher.h"

namespace dew::verbs {
namespace {

constexpr double kVotingTemperature = 0.7;

/// The teachers of dewdrop.toml; an answers file is looked for beside it.
std::vector<std::string> project_teachers(const Project& project) {
  constexpr std::string_view kReplay = "replay:";
  std::vector<std::string> specs = project.settings().teacher.all;
  for (std::string& spec : specs)
    if (spec.starts_with(kReplay))
      spec = std::string(kReplay) + (project.folder() / spec.substr(kReplay.size())).string();
  return specs;
}

teacher::TeacherOptions options_for(const Project& project, const LabelArgs& args, const Settings& how,
                                    const std::vector<teacher::PromptExample>& examples) {
  teacher::TeacherOptions options = args.options;
  if (options.prices.empty()) options.prices = project.folder() / "prices.toml";
  options.detail = how.detail;
  options.temperature = how.temperature.value_or(how.votes > 1 ? kVotingTemperature : 0);
  options.seed = how.vote_seed;
  options.instructions = how.instructions;
  options.headers = how.headers.all;
  options.examples = examples;
  options.jpeg_size = how.jpeg_size;
  options.jpeg_quality = how.jpeg_quality;
  options.max_tokens = how.max_tokens;
  options.reasoning = how.reasoning;
  options.context = how.context == "frame"    ? teacher::Context::kFrame
                    : how.context == "around" ? teacher::Context::kAround
                                              : teacher::Context::kNone;
  return options;
}

Result<std::unique_ptr<teacher::Teacher>> make_one(Project& project, const Settings& how,
                                                   const std::string& spec,
                                                   teacher::TeacherOptions& options) {
  if (spec.starts_with("batch:"))
    options.batches =
        teacher::BatchBook{[&project] { return project.batches(); },
                           [&project](const Batch& batch) { return project.keep_batch(batch); }};
  if (spec == "student" || spec.starts_with("student:")) return make_student_teacher(project, spec);
  return teacher::make_teacher(spec, teacher::Prompt{how.question, how.classes, how.unsure}, options);
}

/// Votes need a teacher whose answers vary.
Result<void> check_votes(const std::vector<ChosenTeacher>& teachers, const Settings& how, Watch& watch) {
  if (how.votes == 1) return {};
  if (how.temperature && *how.temperature <= 0)
    return usage_error("at temperature 0 a model gives its likeliest answer each time, so votes tell nothing",
                       "--votes", "give --temperature 0.7, or leave it out");
  const auto varies = [](const ChosenTeacher& one) { return one.teacher->draws(); };
  if (std::none_of(teachers.begin(), teachers.end(), varies))
    return usage_error("recorded answers and nets say the same each time, so votes tell nothing", "--votes",
                       "ask a model, or name several teachers");
  watch.inform(fmt::format("{} votes each at temperature {}{}", how.votes,
                           how.temperature.value_or(kVotingTemperature),
                           how.temperature ? "" : " (--temperature sets another)"));
  return {};
}

}  // namespace

Settings settings_for(const Project& project, const LabelArgs& args) {
  Settings how = project.settings();
  for (const auto& change : args.changes) change(how);
  return how;
}

Result<std::vector<ChosenTeacher>> choose_teachers(Project& project, const LabelArgs& args,
                                                   const Settings& how,
                                                   const std::vector<teacher::PromptExample>& examples,
                                                   Watch& watch) {
  const auto specs = args.teachers.empty() ? project_teachers(project) : args.teachers;
  if (specs.empty())
    return usage_error("no teacher is named", {},
                       "give --teacher, for example openai:gpt-6-luna or replay:answers.jsonl");
  std::vector<ChosenTeacher> teachers;
  for (const std::string& spec : specs) {
    ChosenTeacher chosen;
    chosen.spec = spec;
    chosen.options = options_for(project, args, how, examples);
    DEW_TRY(chosen.teacher, make_one(project, how, spec, chosen.options));
    if (chosen.teacher->draws()) chosen.votes = how.votes;
    for (const ChosenTeacher& other : teachers)
      if (voter_of(*other.teacher) == voter_of(*chosen.teacher))
        return usage_error("two of the teachers are the same", printable(spec, 80),
                           "name each once; --votes 2 asks it twice");
    teachers.push_back(std::move(chosen));
  }
  DEW_CHECK(check_votes(teachers, how, watch));
  return teachers;
}

Result<void> remake(Project& project, const Settings& how, ChosenTeacher& chosen, double budget_usd) {
  chosen.options.budget_usd = budget_usd;
  DEW_TRY(chosen.teacher, make_one(project, how, chosen.spec, chosen.options));
  return {};
}

void warn_of_endings(const std::vector<ChosenTeacher*>& teachers, Watch& watch) {
  for (ChosenTeacher* one : teachers) {
    const std::string day = one->teacher->ends_on(watch);
    const std::string warning =
        teacher::ending_warning(one->teacher->model(), day, one->options.clock->utc());
    if (!warning.empty()) watch.warn(warning);
  }
}

label::Voter voter_of(const teacher::Teacher& teacher) {
  return {teacher.name(), teacher.model(), teacher.prompt_hash()};
}

Result<void> keep_prompt_settings(Project& project, const Settings& how, const ChosenTeacher& chosen) {
  if (chosen.teacher->prompt_text().empty()) return {};
  std::vector<std::string> examples;
  for (const teacher::PromptExample& example : chosen.options.examples) examples.push_back(example.name);
  PromptSettings settings = {{"question", how.question},
                             {"classes", join(how.classes)},
                             {"unsure", how.unsure},
                             {"instructions", how.instructions},
                             {"temperature", fmt::format("{}", chosen.options.temperature)},
                             {"seed", how.vote_seed ? std::to_string(*how.vote_seed) : "none"},
                             {"detail", how.detail},
                             {"context", how.context},
                             {"jpeg_size", std::to_string(how.jpeg_size)},
                             {"jpeg_quality", std::to_string(how.jpeg_quality)},
                             {"examples", join(examples)}};
  if (how.reasoning != "auto") settings.emplace_back("reasoning", how.reasoning);
  return keep_prompt_settings(project, chosen.teacher->prompt_hash(), settings);
}

}  // namespace dew::verbs
