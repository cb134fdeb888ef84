// The tables of a project's database and their version.
#pragma once

#include "store/database.h"

namespace dew::store {

/// Brings an empty or older database to the newest version. Error: it was made by a newer Dewdrop.
Result<void> update_schema(Database& database);

}  // namespace dew::store
