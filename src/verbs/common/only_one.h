// One program at a time: what two would spoil for each other is held by a lock.
#pragma once

#include <optional>

#include "base/base.h"
#include "base/descriptor.h"

namespace dew::verbs {

/// Holds the lock `file`, which is made where it is missing, as long as the result lives; the system lets it
/// go where the program ends, however it does. nullopt: another one holds it. A disk without locks guards
/// against nothing. Error: the file cannot be made.
Result<std::optional<Descriptor>> hold_alone(const fs::path& file);

}  // namespace dew::verbs
