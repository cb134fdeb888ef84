// The names that tools give their splits.
#pragma once

#include <optional>
#include <string_view>

#include "store/store.h"

namespace dew::exchange {

/// "train", "training", "val", "valid", "validation", "dev", "test", "testing", "eval" ..., in any case; also
/// with numbers ("train2017") and with words that say nothing of it beside: "test_set", "PublicTest".
/// nullopt: none of them, or several.
std::optional<Split> split_of_name(std::string_view name);

/// "train", "val", "test": as most tools call them.
std::string_view usual_name(Split split);

}  // namespace dew::exchange
