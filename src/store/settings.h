// What may stand in dewdrop.toml.
#pragma once

#include <optional>
#include <string>

#include "store/store.h"

namespace dew::store {

/// A value that cannot be, and the key it stands under.
struct Problem {
  std::string key;  ///< as a whole: "student.epochs"
  std::string what;
  std::string next;
};

/// The first thing wrong with the settings, if there is one.
std::optional<Problem> find_problem(const Settings& settings);

}  // namespace dew::store
