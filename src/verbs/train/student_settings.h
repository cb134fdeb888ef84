// What a training may be set to, as a form shows it, and what somebody filled in.
#pragma once

#include <functional>
#include <vector>

#include "store/store.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

/// The keys of [student]: [{"key", "type": "text" | "integer" | "number" | "choice", "choices" (of a choice),
/// "value": the project's, "standard": of a new project, "help"}].
Json student_settings(const Settings& settings);

/// An object of such keys as changes for TrainArgs. Error (usage): an unknown key, a value that is not
/// allowed.
Result<std::vector<std::function<void(Settings&)>>> student_changes(const Settings& settings,
                                                                    const Json& values);

}  // namespace dew::verbs
