// From specs and settings to teachers.
#include "cli/bridge.h"
#include "cli/label_askers.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/student_teacher.h"

namespace dew {
namespace {

constexpr double kVotingTemperature = 0.7;

/// The teachers of dewdrop.toml; an answers file is looked for beside it, wherever the command is run.
std::vector<std::string> project_teachers(const Project& project) {
  constexpr std::string_view kReplay = "replay:";
  std::vector<std::string> specs = project.settings().teacher.all;
  for (std::string& spec : specs)
    if (spec.starts_with(kReplay))
      spec = std::string(kReplay) + (project.folder() / spec.substr(kReplay.size())).string();
  return specs;
}

TeacherOptions options_for(const Project& project, const LabelArgs& args, const Settings& how,
                           const std::vector<Example>& examples) {
  TeacherOptions options = args.options;
  if (options.prices.empty()) options.prices = project.folder() / "prices.toml";
  options.detail = how.detail;
  options.temperature = how.temperature.value_or(how.votes > 1 ? kVotingTemperature : 0);
  options.seed = how.vote_seed;
  options.instructions = how.instructions;
  options.examples = examples;
  options.jpeg_size = how.jpeg_size;
  options.jpeg_quality = how.jpeg_quality;
  options.context = how.context == "frame"    ? Context::kFrame
                    : how.context == "around" ? Context::kAround
                                              : Context::kNone;
  return options;
}

Result<std::unique_ptr<Teacher>> make_one(Project& project, const Settings& how, const std::string& spec,
                                          TeacherOptions& options) {
  if (spec.starts_with("batch:"))
    options.batches = BatchBook{[&project] { return project.batches(); },
                                [&project](const Batch& batch) { return project.keep_batch(batch); }};
  if (spec == "student" || spec.starts_with("student:")) return make_student_teacher(project, spec);
  return make_teacher(spec, Prompt{how.question, how.classes, how.unsure}, options);
}

/// Votes want a teacher that draws its words, and words that are drawn.
Result<void> check_votes(const std::vector<Asker>& askers, const Settings& how, Console& console) {
  if (how.votes == 1) return {};
  if (how.temperature && *how.temperature <= 0)
    return usage_error("at temperature 0 a model gives its likeliest answer each time, so votes tell nothing",
                       "--votes", "give --temperature 0.7, or leave it out");
  const auto draws = [](const Asker& asker) { return asker.teacher->draws(); };
  if (std::none_of(askers.begin(), askers.end(), draws))
    return usage_error("recorded answers and nets say the same each time, so votes tell nothing", "--votes",
                       "ask a model, or name several teachers");
  console.say(fmt::format("{} votes each at temperature {}{}", how.votes,
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

Result<std::vector<Asker>> make_askers(Project& project, const LabelArgs& args, const Settings& how,
                                       const std::vector<Example>& examples, Console& console) {
  const auto specs = args.teachers.empty() ? project_teachers(project) : args.teachers;
  if (specs.empty())
    return usage_error("no teacher is named", {},
                       "give --teacher, for example openai:gpt-4o or replay:answers.jsonl");
  std::vector<Asker> askers;
  for (const std::string& spec : specs) {
    Asker asker;
    asker.spec = spec;
    asker.options = options_for(project, args, how, examples);
    DEW_TRY(asker.teacher, make_one(project, how, spec, asker.options));
    if (asker.teacher->draws()) asker.votes = how.votes;
    for (const Asker& other : askers)
      if (voter_of(*other.teacher) == voter_of(*asker.teacher))
        return usage_error("two of the teachers are the same", printable(spec, 80),
                           "name each once; --votes 2 asks it twice");
    askers.push_back(std::move(asker));
  }
  DEW_CHECK(check_votes(askers, how, console));
  return askers;
}

Result<void> remake(Project& project, const Settings& how, Asker& asker, double budget_usd) {
  asker.options.budget_usd = budget_usd;
  DEW_TRY(asker.teacher, make_one(project, how, asker.spec, asker.options));
  return {};
}

Voter voter_of(const Teacher& teacher) {
  return {teacher.name(), teacher.model(), teacher.prompt_hash()};
}

Result<void> note_prompt(Project& project, const Settings& how, const Asker& asker) {
  if (asker.teacher->prompt_text().empty()) return {};  // recorded answers, a net: nothing is said to them
  Json json = {{"question", how.question},
               {"classes", join(how.classes)},
               {"unsure", how.unsure},
               {"instructions", how.instructions},
               {"temperature", fmt::format("{}", asker.options.temperature)},
               {"seed", how.vote_seed ? std::to_string(*how.vote_seed) : "none"},
               {"detail", how.detail},
               {"context", how.context},
               {"jpeg_size", std::to_string(how.jpeg_size)},
               {"jpeg_quality", std::to_string(how.jpeg_quality)}};
  std::vector<std::string> examples;
  for (const Example& example : asker.options.examples) examples.push_back(example.name);
  json["examples"] = join(examples);
  return project.set_note("prompt:" + asker.teacher->prompt_hash(),
                          json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Result<Json> told_prompt(const Project& project, const std::string& prompt_hash) {
  DEW_TRY(const std::string text, project.note("prompt:" + prompt_hash));
  Json json = Json::parse(text, nullptr, false);
  return json.is_object() ? json : Json::object();
}

}  // namespace dew
