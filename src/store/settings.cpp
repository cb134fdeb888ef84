// dewdrop.toml, read and written by the table of its keys (settings_table.cpp). Every error names its line.
#include "store/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <variant>

#include "store/settings_table.h"
#include "store/toml.h"

namespace dew {
namespace {

constexpr size_t kMostBytes = size_t{64} << 10;

using store::setting_keys;
using store::SettingField;
using store::SettingKey;

// ---- reading

/// Where in the file an error is told to be.
std::string place(const std::string& path, uint32_t line) {
  return line > 0 ? fmt::format("{}:{}", path, line) : path;
}

tl::unexpected<Error> unknown_key(std::string_view section, std::string_view name, const std::string& where) {
  const std::string wrong = section.empty() ? std::string(name) : fmt::format("{}.{}", section, name);
  std::string nearest;
  size_t least = std::numeric_limits<size_t>::max();
  for (const SettingKey& key : setting_keys()) {
    // A key under the wrong heading is as near as its own name.
    const size_t steps = std::min(edit_distance(name.substr(0, 100), key.name),
                                  edit_distance(std::string_view(wrong).substr(0, 100), key.full_name()));
    if (steps < least) {
      least = steps;
      nearest = *key.section != '\0' ? fmt::format("{} under [{}]", key.name, key.section)
                                     : fmt::format("{} at the top of the file", key.name);
    }
  }
  return usage_error("there is no setting '" + printable(wrong, 80) + "'", where,
                     "the nearest setting is " + nearest);
}

/// One value into its field; false where the type is wrong.
struct Reader {
  const toml::node& node;
  Settings& settings;

  bool operator()(std::string Settings::*field) const {
    const auto value = node.value_exact<std::string>();
    if (value) settings.*field = *value;
    return value.has_value();
  }
  bool operator()(std::vector<std::string> Settings::*field) const { return read_texts(settings.*field); }
  [[nodiscard]] bool read_texts(std::vector<std::string>& texts) const {
    const toml::array* list = node.as_array();
    if (list == nullptr) return false;
    texts.clear();
    for (const toml::node& item : *list) {
      const auto value = item.value_exact<std::string>();
      if (!value) return false;
      texts.push_back(*value);
    }
    return true;
  }
  bool operator()(Several Settings::*field) const {
    const auto one = node.value_exact<std::string>();
    if (!one) return read_texts((settings.*field).all);
    (settings.*field).all.clear();
    if (!one->empty()) (settings.*field).all.push_back(*one);
    return true;
  }
  bool operator()(Numbers Settings::*field) const {
    std::vector<double>& numbers = (settings.*field).all;
    numbers.clear();
    const toml::array* list = node.as_array();
    if (list == nullptr) {
      if (node.is_number()) numbers.push_back(*node.value<double>());
      return node.is_number();
    }
    for (const toml::node& item : *list) {
      if (!item.is_number()) return false;
      numbers.push_back(*item.value<double>());
    }
    return !numbers.empty();
  }
  bool operator()(std::optional<double> Settings::*field) const {
    if (!node.is_number()) return false;
    settings.*field = *node.value<double>();
    return true;
  }
  bool operator()(std::optional<int64_t> Settings::*field) const {
    settings.*field = node.value_exact<int64_t>();
    return (settings.*field).has_value();
  }
  bool operator()(double Settings::*field) const {
    if (!node.is_number()) return false;
    settings.*field = *node.value<double>();
    return true;
  }
  bool operator()(int Settings::*field) const {
    const auto value = node.value_exact<int64_t>();
    if (!value || *value < std::numeric_limits<int>::min() || *value > std::numeric_limits<int>::max())
      return false;
    settings.*field = static_cast<int>(*value);
    return true;
  }
  bool operator()(uint64_t Settings::*field) const {
    const auto value = node.value_exact<int64_t>();
    if (!value || *value < 0) return false;
    settings.*field = static_cast<uint64_t>(*value);
    return true;
  }
};

const char* type_of(const SettingField& field) {
  constexpr std::array kTypes{
      "a text in quotes",           "a list of texts in quotes",           "a number", "a whole number",
      "a whole number from 0",      "a text in quotes, or a list of them", "a number", "a whole number",
      "a number, or a list of them"};
  return kTypes[field.index()];
}

using Lines = std::map<std::string, uint32_t>;

Result<void> read_table(const toml::table& table, const std::string& section, const std::string& path,
                        Settings& settings, Lines& lines) {
  const auto keys = setting_keys();
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const uint32_t line = key.source().begin.line;
    const std::string where = place(path, line);
    const auto known = std::find_if(keys.begin(), keys.end(), [&](const SettingKey& one) {
      return one.section == section && one.name == name;
    });
    const bool heading = section.empty() && std::any_of(keys.begin(), keys.end(), [&](const SettingKey& one) {
                           return one.section == name;
                         });
    if (known != keys.end()) {
      if (!std::visit(Reader{node, settings}, known->field))
        return usage_error(known->full_name() + " has a value of the wrong type", where,
                           std::string("it takes ") + type_of(known->field));
      lines[known->full_name()] = line;
    } else if (node.is_table() && heading) {
      DEW_CHECK(read_table(*node.as_table(), name, path, settings, lines));
    } else {
      return unknown_key(section, name, where);
    }
  }
  return {};
}

// ---- writing

std::string toml_text(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      result += {'\\', c};
    else if (c == '\n')
      result += "\\n";
    else if (byte < 0x20 || byte == 0x7F)
      result += fmt::format("\\u{:04X}", byte);
    else
      result += c;
  }
  return result + '"';
}

struct Writer {
  const Settings& settings;

  std::string operator()(std::string Settings::*field) const { return toml_text(settings.*field); }
  std::string operator()(std::vector<std::string> Settings::*field) const { return list(settings.*field); }
  std::string operator()(Several Settings::*field) const {
    const auto& all = (settings.*field).all;
    if (all.empty()) return toml_text("");
    return all.size() == 1 ? toml_text(all[0]) : list(all);
  }
  std::string operator()(Numbers Settings::*field) const {
    const auto& all = (settings.*field).all;
    return all.size() == 1 ? fmt::format("{}", all[0]) : fmt::format("[{}]", fmt::join(all, ", "));
  }
  template <typename Value>
  std::string operator()(std::optional<Value> Settings::*field) const {
    return settings.*field ? fmt::format("{}", *(settings.*field)) : std::string();
  }
  static std::string list(const std::vector<std::string>& texts) {
    std::vector<std::string> items;
    for (const std::string& item : texts) items.push_back(toml_text(item));
    return "[" + join(items) + "]";
  }
  template <typename Number>
  std::string operator()(Number Settings::*field) const {
    return fmt::format("{}", settings.*field);
  }
};

}  // namespace

std::string to_toml(const Settings& settings) {
  std::string text =
      "# A Dewdrop project. Edit it freely; `dewdrop --help` lists the commands. The options of `dewdrop "
      "label`\n"
      "# and `dewdrop train` override [label] and [student].\n";
  std::string section;
  for (const SettingKey& key : setting_keys()) {
    if (section != key.section) {
      section = key.section;
      text += fmt::format("\n[{}]\n", section);
    } else {
      text += "\n";
    }
    for (const std::string& line : split_list(key.comment, '\n')) text += "# " + line + "\n";
    const std::string value = std::visit(Writer{settings}, key.field);
    // A key without a value is written as a comment, so that people see that it exists.
    text += value.empty() ? fmt::format("# {} =\n", key.name) : fmt::format("{} = {}\n", key.name, value);
  }
  return text;
}

Result<Settings> parse_settings(std::string_view text, const std::string& path) {
  if (text.size() > kMostBytes)
    return usage_error(fmt::format("the settings are longer than {} bytes", kMostBytes), path);
  DEW_TRY(const toml::table table, store::parse_toml(text, path, "the settings"));
  Settings settings;
  Lines lines;
  DEW_CHECK(read_table(table, "", path, settings, lines));
  for (const char* needed : {"name", "question", "classes"})
    if (lines.count(needed) == 0)
      return usage_error(std::string("the setting '") + needed + "' is missing", path, "add it");
  if (const auto problem = store::find_problem(settings))
    return usage_error(problem->what, place(path, lines[problem->key]), problem->next);
  return settings;
}

}  // namespace dew
