// What docs/cli.md promises of the JSON objects: keys stay, and so do their types. tests/cli/json_keys.json
// holds both for every verb and mode.
//
// A key is named by its path, "queue[].sample"; a list is described by its first element. A type is
// "number", "string", "boolean", "array", "object", "null" or, where a value is not always known, "number or
// null". More keys may come at any time. DEWDROP_UPDATE_GOLDEN=1 writes what the program gives today into the
// file.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/command.h"

namespace dew::testing {

using KeyTypes = std::map<std::string, std::string>;

inline const std::string kOrNull = " or null";

inline void add_key_types(const nlohmann::json& value, const std::string& path, KeyTypes& types) {
  if (!path.empty()) types[path] = value.type_name();
  if (value.is_object())
    for (const auto& [key, inner] : value.items())
      add_key_types(inner, path.empty() ? key : path + "." + key, types);
  if (value.is_array() && !value.empty()) add_key_types(value[0], path + "[]", types);
}

/// Is it inside an object or a list that is null this time, and may be?
inline bool under_null(const std::string& path, const KeyTypes& recorded, const KeyTypes& types) {
  for (size_t at = path.find_first_of(".["); at != std::string::npos; at = path.find_first_of(".[", at + 1)) {
    const std::string outer = path.substr(0, at);
    const auto now = types.find(outer);
    const auto before = recorded.find(outer);
    if (now != types.end() && now->second == "null" && before != recorded.end() &&
        before->second.ends_with(kOrNull))
      return true;
  }
  return false;
}

/// What null stood for when it was recorded is not known: anything may stand there now.
inline bool same_type(const std::string& recorded, const std::string& now) {
  return recorded == now || recorded == "null" || recorded == now + kOrNull ||
         (now == "null" && recorded.ends_with(kOrNull));
}

/// The differences, a line each; empty where all that was recorded is there.
inline std::string lost_keys(const KeyTypes& recorded, const nlohmann::json& value) {
  KeyTypes types;
  add_key_types(value, "", types);
  std::string lost;
  for (const auto& [path, type] : recorded) {
    const auto now = types.find(path);
    if (now == types.end()) {
      if (!under_null(path, recorded, types)) lost += path + " is gone\n";
    } else if (!same_type(type, now->second)) {
      lost += path + " was " + type + ", is " + now->second + "\n";
    }
  }
  return lost;
}

inline void record_keys(const fs::path& file, nlohmann::json all, const std::string& mode,
                        const nlohmann::json& value) {
  const KeyTypes before = all.value(mode, KeyTypes());
  KeyTypes types;
  add_key_types(value, "", types);
  for (auto& [path, type] : types)  // what may be null is written by hand, and stays
    if (const auto old = before.find(path); old != before.end() && same_type(old->second, type))
      type = old->second == "null" ? type : old->second;
  all[mode] = types;
  ASSERT_TRUE(write_file(file, all.dump(1) + "\n"));
}

/// Holds what a command printed with --json to what was recorded of `mode`.
inline void expect_keys(const std::string& mode, const Ran& ran) {
  const fs::path file = fs::path(DEWDROP_SOURCE_DIR) / "tests" / "cli" / "json_keys.json";
  const nlohmann::json value = ran.json();
  ASSERT_TRUE(value.is_object()) << mode << ": " << ran.out << ran.err;
  const nlohmann::json all = nlohmann::json::parse(read_file(file).value_or("{}"));
  if (std::getenv("DEWDROP_UPDATE_GOLDEN") != nullptr) return record_keys(file, all, mode, value);
  ASSERT_TRUE(all.contains(mode)) << "nothing is recorded of: " << mode;
  EXPECT_EQ(lost_keys(all[mode].get<KeyTypes>(), value), "") << "dewdrop " << mode << "\n" << ran.out;
}

}  // namespace dew::testing
