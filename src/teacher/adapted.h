// adapted: the dialect that a server's refusal asks for.
#pragma once

#include <optional>
#include <string_view>

#include "teacher/openai_request.h"

namespace dew::teacher {

/// The richest dialect without what a refused request (400, 403, 422...) complains about; absent where the
/// complaint is about something else.
std::optional<Dialect> adapted(std::string_view body, const Dialect& used);

/// The complaint is about reasoning_effort or its value.
bool refuses_effort(std::string_view body);

}  // namespace dew::teacher
