// Who is asked, and how: the command line and [label] of dewdrop.toml made into teachers.
#pragma once
#include "cli/bridge.h"

#include <memory>
#include <string>
#include <vector>

#include "cli/verbs.h"
#include "label/label.h"

namespace dew {

/// One teacher of a run.
struct Asker {
  std::string spec;
  TeacherOptions options;
  std::unique_ptr<Teacher> teacher;
  int votes = 1;  ///< answers to each question
};

/// dewdrop.toml with what the command line changes of it.
Settings settings_for(const Project& project, const LabelArgs& args);

/// All teachers that are named, ready to be asked; `examples` are shown before each question. What was chosen
/// for the user is told. Error (usage): none is named, one twice, votes at temperature 0 or of a teacher that
/// says the same each time; and those of make_teacher.
Result<std::vector<Asker>> make_askers(Project& project, const LabelArgs& args, const Settings& how,
                                       const std::vector<Example>& examples, Console& console);

/// The same teacher, with that much left of the budget.
Result<void> remake(Project& project, const Settings& how, Asker& asker, double budget_usd);

Voter voter_of(const Teacher& teacher);

/// Remembers what the prompt of `asker` is, for people: see told_prompt.
Result<void> note_prompt(Project& project, const Settings& how, const Asker& asker);

/// What is known of a prompt: an object of its settings; empty where it was asked before they were kept.
Result<Json> told_prompt(const Project& project, const std::string& prompt_hash);

}  // namespace dew
