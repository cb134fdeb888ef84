// The teachers of a command: from their specs and [label] of dewdrop.toml.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "verbs/label/label.h"

namespace dew::verbs {

/// A teacher that was named, and how it is asked.
struct ChosenTeacher {
  std::string spec;
  teacher::TeacherOptions options;
  std::unique_ptr<teacher::Teacher> teacher;
  int votes = 1;  ///< answers to each question
};

/// dewdrop.toml with the changes of this call.
Settings settings_for(const Project& project, const LabelArgs& args);

/// All teachers that are named, ready to be asked; `examples` are shown before each question. `project` has
/// to outlive them. A temperature that votes brought is told. Error (usage): none is named, one twice, votes
/// at temperature 0 or of teachers that repeat themselves; and those of make_teacher().
Result<std::vector<ChosenTeacher>> choose_teachers(Project& project, const LabelArgs& args,
                                                   const Settings& how,
                                                   const std::vector<teacher::PromptExample>& examples,
                                                   Watch& watch);

/// The same teacher, with this much of the budget left.
Result<void> remake(Project& project, const Settings& how, ChosenTeacher& chosen, double budget_usd);

/// Warns of each whose model is served for less than 90 days more, by one request to its server.
void warn_of_endings(const std::vector<ChosenTeacher*>& teachers, Watch& watch);

label::Voter voter_of(const teacher::Teacher& teacher);

/// Keeps how the prompt is asked, for prompt_settings(). Nothing for teachers that are sent no prompt.
Result<void> keep_prompt_settings(Project& project, const Settings& how, const ChosenTeacher& chosen);

}  // namespace dew::verbs
