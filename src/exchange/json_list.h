// Big lists in JSON, element by element: memory does not grow with the file.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/base.h"

namespace dew::exchange {

/// Hands over each object of the list that the file holds; an object alone is a list of one. Errors: the file
/// cannot be read; (usage) not JSON, with its line; something else than objects; nested deeper than 64
/// levels, or an element of millions of values; those of `take`. Messages call the file `shown`.
Result<void> read_json_list(
    const fs::path& file, const std::string& shown,
    const std::function<Result<void>(const nlohmann::json& element, int64_t index)>& take, Watch& watch);

/// Hands over the object of each line that is not empty, and its place ("a.jsonl:7"). Errors (usage) name the
/// line; those of `take`; interrupted.
Result<void> read_json_lines(
    std::string_view text, const std::string& shown,
    const std::function<Result<void>(const nlohmann::json& object, const std::string& where)>& take,
    Watch& watch);

/// One value. Error (usage) at `where`.
Result<nlohmann::json> parse_json(std::string_view text, const std::string& where);

}  // namespace dew::exchange
