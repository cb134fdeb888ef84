// What the verbs' options are added to, and what their files share: one file a verb, each with its options,
// its call and its print.
#pragma once

#include <CLI/CLI.hpp>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>

#include "cli/console.h"
#include "store/settings.h"
#include "verbs/common/model.h"
#include "verbs/common/outcome.h"

namespace dew::cli {

/// What the chosen verb does once parsing is over; gives the exit code.
using Work = std::function<int(Console&)>;

struct Program {
  CLI::App app{"From unlabelled pictures and one question to a neural net on a microcontroller.", "dewdrop"};
  bool json = false;
  fs::path project = ".";
  Work work;
};

/// A subcommand with --json, its examples, and its work.
CLI::App* add_verb(Program& program, const std::string& name, const std::string& help,
                   const std::string& examples, Work work);

/// Verbs know no working directory.
inline void make_absolute(std::vector<fs::path>& paths) {
  for (fs::path& path : paths) path = fs::absolute(path).lexically_normal();
}

void add_project_option(CLI::App* sub, Program& program);

/// --rounding, --schedule, --isa, --classes and --symbol.
void add_model_options(CLI::App* sub, verbs::ModelArgs& args);

/// The words or the range that dewdrop.toml allows, as a check of the option.
template <typename Value>
void check_by_rule(CLI::Option* option, const SettingRule& rule) {
  if (!rule.words.empty()) option->check(CLI::IsMember(rule.words));
  if constexpr (std::is_arithmetic_v<Value>) {
    if (std::isfinite(rule.range.least) && std::isfinite(rule.range.most))
      option->check(CLI::Range(static_cast<Value>(rule.range.least), static_cast<Value>(rule.range.most)));
  }
}

/// An option that overrides `key` of dewdrop.toml ("label.votes") and takes the values that the file takes.
template <typename Value, typename Args, typename Field>
CLI::Option* add_setting(CLI::App* sub, const std::shared_ptr<Args>& args, const std::string& name,
                         const std::string& key, Field Settings::*field, const std::string& help) {
  CLI::Option* option = sub->add_option_function<Value>(
      name,
      [args, field](const Value& value) {
        args->changes.emplace_back([field, value](Settings& settings) { settings.*field = value; });
      },
      help);
  check_by_rule<Value>(option, setting_rule(key));
  return option;
}

/// The end of a verb: tells people what came of it, then prints the JSON object or the error. Gives the exit
/// code.
template <typename Outcome, typename Tell>
int finish(Console& console, const Result<Outcome>& outcome, const Tell& tell) {
  if (!outcome) return console.finish(verbs::Json::object(), outcome.error());
  tell(*outcome, console);
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
void add_doctor(Program& program);
void add_demo(Program& program);

}  // namespace dew::cli
