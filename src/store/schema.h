// The tables of a project's database and their version.
#pragma once

#include "store/database.h"

namespace dew::store {

/// Turns an empty database into one of the newest version, or an older one. Error: it is of a newer Dewdrop.
Result<void> update_schema(Database& database);

}  // namespace dew::store
