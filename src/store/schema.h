// The tables of .dewdrop/project.db and their version.
#pragma once

#include "store/sqlite.h"

namespace dew::store {

/// Turns an empty database into one of the newest version.
Result<void> create_schema(Database& database);

/// Opens a project's database and brings an older one up to date. Error: not ours, or of a newer Dewdrop.
Result<Database> open_database(const fs::path& path);

}  // namespace dew::store
