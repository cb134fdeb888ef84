// Opening a project for a verb.
#pragma once

#include "base/base.h"
#include "store/store.h"

namespace dew::verbs {

/// Project::open(), with a warning where dewdrop.toml holds what it should not.
Result<Project> open_project(const fs::path& folder, Watch& watch);

/// The warning alone, for settings that are about to be written.
void warn_of_password(const Settings& settings, Watch& watch);

}  // namespace dew::verbs
