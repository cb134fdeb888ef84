// A project's database on a server: PostgreSQL through libpq.
#pragma once

#include "store/database.h"

namespace dew::store {

/// "postgresql://host/name" and "postgres://..." are servers' databases; all else is not.
bool is_postgres_url(std::string_view store);

/// user@host:port/name of the URL, without the password and whatever else it holds.
std::string without_password(const std::string& url);

/// Whether a password stands in the URL, for everybody to read.
bool has_password(const std::string& url);

/// Error: the server cannot be reached or refuses (usage: a URL that is none). The database may hold no
/// tables yet.
Result<Database> open_postgres(const std::string& url);

}  // namespace dew::store
