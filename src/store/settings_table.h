// The keys of dewdrop.toml: where each value is kept, what it may be, and what people are told about it. The
// one place that knows; the file is read, checked and written by it.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "store/settings.h"

namespace dew::store {

using SettingField =
    std::variant<std::string Settings::*, std::vector<std::string> Settings::*, double Settings::*,
                 int Settings::*, uint64_t Settings::*, Several Settings::*,
                 std::optional<double> Settings::*, std::optional<int64_t> Settings::*, Numbers Settings::*>;

struct SettingKey {
  const char* section;  ///< "" for the top of the file
  const char* name;
  SettingField field;
  const char* comment;      ///< above it in the file, without "# "; may have several lines
  const char* words = "";   ///< a text's allowed values, "low, high, auto"; "": any
  SettingRange range = {};  ///< of a number
  /// "label.votes", or the name alone at the top of the file.
  [[nodiscard]] std::string full_name() const;
};

/// In the order of the file.
std::span<const SettingKey> setting_keys();

}  // namespace dew::store
