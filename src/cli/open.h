// Opening a project for a verb.
#pragma once

#include "cli/console.h"
#include "store/store.h"

namespace dew {

/// Project::open(), and a warning where dewdrop.toml holds what it should not.
Result<Project> open_project(const fs::path& folder, Console& console);

/// The warning alone, for settings that are about to be written.
void warn_of_password(const Settings& settings, Console& console);

}  // namespace dew
