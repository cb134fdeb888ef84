// What a large model said about events becomes answers in the project, for `review` and `train`.
#pragma once

#include <cstdint>
#include <string>

#include "store/events.h"
#include "store/store.h"

namespace dew::verbs {

/// The project's class in an answer about an event: the property `class` of a JSON object, or a text that is
/// a class or the unsure answer. Empty: it names none.
std::string class_in(const std::string& answer, const Settings& settings);

struct Learned {
  int64_t answers = 0;    ///< that were added
  int64_t disagreed = 0;  ///< of them, another class than the tiny model's
};

/// Adds the surest picture of each event that was answered with a class, and the answer to it, once; then
/// decides labels. Error: the database's, interrupted.
Result<Learned> learn_from_events(Project& project, const EventLog& log, Watch& watch);

}  // namespace dew::verbs
