// What every verb gives back: a typed outcome, and the JSON object that is made of it.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/base.h"

namespace dew::verbs {

/// Keys stay in the order in which they were set.
using Json = nlohmann::ordered_json;

/// The base of all outcomes. A verb returns an Error where nothing was done, and an outcome with `stopped`
/// where it ended half-way: what was done until then stands, and is in the outcome.
struct Outcome {
  std::optional<Error> stopped;
  std::string next;  ///< the verb that people mostly want then, with its arguments; empty: none
};

/// A figure that is 0 where the target cannot tell it: null in JSON.
Json counted(int64_t figure);

/// A text that is empty where there is none: null in JSON.
Json text_or_null(const std::string& text);

/// An amount of US dollars, or null where no price is known.
Json money(const std::optional<double>& usd);

}  // namespace dew::verbs
