// What may stand in dewdrop.toml.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace dew {

struct SettingRange {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
};

/// What one key of dewdrop.toml may be; the command line's options of the same meaning go by it.
struct SettingRule {
  std::vector<std::string> words;  ///< a text's allowed values; empty: any
  SettingRange range;              ///< of a number
  std::string help;                ///< what the file's comment says, in one line
};

/// `key` as a whole: "label.votes", "test_share". It must be one of the file's.
SettingRule setting_rule(std::string_view key);

namespace store {

/// A value that is not allowed, and the key it has.
struct Problem {
  std::string key;  ///< as a whole: "student.epochs"
  std::string what;
  std::string next;
};

/// The first thing wrong with the settings, if there is one.
std::optional<Problem> find_problem(const Settings& settings);

}  // namespace store
}  // namespace dew
