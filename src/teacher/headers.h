// headers: extra request headers for gateways, as dewdrop.toml names them. Secrets come from the environment.
#pragma once

#include <string>
#include <vector>

#include "base/base.h"
#include "teacher/spec.h"

namespace dew::teacher {

/// From "X-Api-Key: $GATEWAY_KEY" or "X-Title: any words"; ${NAME} is a variable too. Errors (usage): not
/// "Name: value", a header that Dewdrop sets itself, a secret that is not a variable, a variable that is not
/// set or holds what cannot stand in a header. No error repeats a value.
Result<std::vector<ExtraHeader>> read_headers(const std::vector<std::string>& lines);

}  // namespace dew::teacher
