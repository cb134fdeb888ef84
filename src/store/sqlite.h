// A project's database in a file: SQLite in WAL mode.
#pragma once

#include "store/database.h"

namespace dew::store {

/// Creates an empty one, ready for the schema.
Result<Database> create_sqlite(const fs::path& path);

/// A file in a folder that nobody here may write to can be read all the same; writing to it is an error.
/// Error: it cannot be opened, is damaged, or not Dewdrop's.
Result<Database> open_sqlite(const fs::path& path);

}  // namespace dew::store
