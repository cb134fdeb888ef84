// A project's database in a file: SQLite in WAL mode.
#pragma once

#include "store/database.h"

namespace dew::store {

/// Creates an empty one, ready for the schema.
Result<Database> create_sqlite(const fs::path& path);

/// Error: it cannot be opened, is damaged, or not Dewdrop's.
Result<Database> open_sqlite(const fs::path& path);

}  // namespace dew::store
