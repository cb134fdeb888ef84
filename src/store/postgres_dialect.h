// The one place where the project's SQL becomes PostgreSQL's.
#pragma once

#include <string>
#include <string_view>

namespace dew::store {

/// ? and ?1 become $1, $2 ...; not inside quotes.
std::string numbered(std::string_view statement);

/// A step of the schema: types, row ids, and triggers that refuse.
std::string postgres_step(const std::string& statements);

/// What the steps and statements rely on, made before the first step: now_ms() and the triggers' function.
extern const char* const kPostgresBasics;

}  // namespace dew::store
