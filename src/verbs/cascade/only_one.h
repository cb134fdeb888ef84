// One program at a time watches a project: a second one would take the first one's open events for lost.
#pragma once

#include "base/base.h"
#include "base/descriptor.h"

namespace dew::verbs {

/// Held as long as it lives; the system lets it go where the program ends, however it does. Error: another
/// program holds it.
Result<Descriptor> hold_cascade(const fs::path& project);

}  // namespace dew::verbs
