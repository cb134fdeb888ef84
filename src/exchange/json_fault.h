// What nlohmann's parser says of broken JSON, in our words.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "base/base.h"

namespace dew::exchange {

/// Its reason, without its code and position.
std::string json_reason(const nlohmann::detail::exception& error);

/// The line of the byte at `position`, counted from 1 as the parser does.
int64_t json_line(const fs::path& file, size_t position);

}  // namespace dew::exchange
