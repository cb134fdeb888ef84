// Options that override keys of dewdrop.toml: their names, values and help come from its table.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <type_traits>

#include "cli/program.h"
#include "store/settings_table.h"

namespace dew::cli {
namespace {

/// "label.jpeg_size": "--jpeg-size".
std::string option_name(std::string_view key) {
  std::string name = "--" + std::string(key.substr(key.find('.') + 1));
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

/// The file's comment as --help writes: no capital in front, no full stop.
std::string option_help(std::string comment) {
  comment[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(comment[0])));
  if (comment.ends_with('.') && !comment.ends_with("..")) comment.pop_back();
  return comment;
}

template <typename Value>
void check_by_rule(CLI::Option* option, const SettingRule& rule) {
  if (!rule.words.empty()) option->check(CLI::IsMember(rule.words));
  if constexpr (std::is_unsigned_v<Value>) option->check(verbs::not_negative);
  if constexpr (std::is_arithmetic_v<Value>) {
    if (std::isfinite(rule.range.least) && std::isfinite(rule.range.most))
      option->check(CLI::Range(static_cast<Value>(rule.range.least), static_cast<Value>(rule.range.most)));
  }
}

template <typename Kept>
struct ValueOf {
  using Type = Kept;
};
template <typename Value>
struct ValueOf<std::optional<Value>> {
  using Type = Value;
};

}  // namespace

void add_setting(CLI::App* sub, SettingChanges& changes, std::string_view key) {
  const auto keys = store::setting_keys();
  const auto known =
      std::find_if(keys.begin(), keys.end(), [&](const auto& one) { return one.full_name() == key; });
  const SettingRule rule = setting_rule(key);
  const auto add = [&]<typename Kept>(Kept Settings::*field) {
    if constexpr (requires(Kept kept) { kept.all; }) {
      using Values = decltype(Kept::all);
      const auto keep = [&changes, field](const Values& values) {
        changes.emplace_back([field, values](Settings& settings) { (settings.*field).all = values; });
      };
      CLI::Option* option = sub->add_option_function<Values>(option_name(key), keep, option_help(rule.help));
      option->delimiter(',');
      check_by_rule<typename Values::value_type>(option, rule);
    } else {
      using Value = typename ValueOf<Kept>::Type;
      const auto keep = [&changes, field](const Value& value) {
        changes.emplace_back([field, value](Settings& settings) { settings.*field = value; });
      };
      check_by_rule<Value>(sub->add_option_function<Value>(option_name(key), keep, option_help(rule.help)),
                           rule);
    }
  };
  std::visit(add, known->field);
}

}  // namespace dew::cli
