// lifetime: until when a server serves a model, by its list of models (GET /v1/models).
#pragma once

#include <string>
#include <string_view>

#include "teacher/spec.h"
#include "teacher/transport.h"

namespace dew::teacher {

/// The day that the list gives for the model, "2027-01-14"; empty: none. OpenAI names it `shutdown_date`;
/// others `deprecation_date`, `deprecation`, `retirement_date` or `expiration_date`, as a day, a time or
/// seconds since 1970.
std::string end_in_list(std::string_view body, const std::string& model);

/// Asks the server, for a few seconds at most. Empty where it cannot be asked, has no such list or names no
/// day.
std::string ask_for_end(Transport& transport, const Server& server, const std::string& model,
                        const Watch& watch);

}  // namespace dew::teacher
