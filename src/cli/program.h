// What the verbs' options are added to, and what their files share: one file a verb, each with its options,
// its call and its print.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "store/settings.h"
#include "verbs/common/command_words.h"
#include "verbs/common/model.h"
#include "verbs/common/outcome.h"
#include "verbs/project/project.h"

namespace dew::cli {

/// What the chosen verb does once parsing is over; gives the exit code.
using Work = std::function<int(Console&)>;

struct Program {
  CLI::App app{"From unlabelled pictures and one question to a neural net on a microcontroller.", "dewdrop"};
  bool json = false;
  Work work;
};

/// A subcommand with --json, its examples, and its work.
CLI::App* add_verb(Program& program, const std::string& name, const std::string& help,
                   const std::string& examples, Work work);

/// Verbs know no working directory. Where it is gone, the path stays as it is, and they tell that it names
/// nothing.
inline fs::path whole_path(const fs::path& path) {
  std::error_code gone;
  const fs::path whole = fs::absolute(path, gone);
  return (gone ? path : whole).lexically_normal();
}
inline void make_absolute(std::vector<fs::path>& paths) {
  for (fs::path& path : paths) path = whole_path(path);
}

void add_project_option(CLI::App* sub, fs::path& project);

/// --rounding, --schedule, --isa, --classes and --symbol.
void add_model_options(CLI::App* sub, verbs::ModelArgs& args);

using SettingChanges = std::vector<std::function<void(Settings&)>>;

/// An option that overrides a key of dewdrop.toml: "label.jpeg_size" becomes --jpeg-size, with the values
/// that the file takes and its comment as help. `changes` must outlive the parsing.
void add_setting(CLI::App* sub, SettingChanges& changes, std::string_view key);

/// How data is added: by `add` and by `new`.
struct AddOptions {
  verbs::AddArgs args;
  std::string grid = "1x1";
  std::vector<std::string> mapped;  ///< "THEIRS=OURS"
};

/// --every, --tiles, --in-place, --labels, --splits, --map, --none and --skip-unknown.
void add_data_options(CLI::App* sub, AddOptions& options);
/// What they mean, once they are parsed. Error (usage): no grid, a mapping that says nothing.
Result<void> settle(AddOptions& options);

/// The end of a verb: tells people what came of it, then prints the JSON object or the error. Gives the exit
/// code.
template <typename Outcome, typename Tell>
int finish(Console& console, const Result<Outcome>& outcome, const Tell& tell) {
  if (!outcome) return console.finish(verbs::Json::object(), outcome.error());
  tell(*outcome, console);
  if (!outcome->stopped && !outcome->next.empty())
    console.say("next: dewdrop {}{}", console.project_words(), outcome->next);
  return console.finish(to_json(*outcome), outcome->stopped);
}

// One a verb; each adds its subcommand.
void add_new(Program& program);
void add_add(Program& program);
void add_label(Program& program);
void add_review(Program& program);
void add_backbone(Program& program);
void add_train(Program& program);
void add_test(Program& program);
void add_compile(Program& program);
void add_run(Program& program);
void add_deploy(Program& program);
void add_export(Program& program);
void add_cascade(Program& program);
void add_compare(Program& program);
void add_boards(Program& program);
void add_studio(Program& program);
void add_doctor(Program& program);
void add_demo(Program& program);

}  // namespace dew::cli
