// One file over HTTP, with limits.
#pragma once

#include <string>

#include "base/base.h"

namespace dew {

/// The body behind an http or https URL, following up to five redirections. Error: more than `limit` bytes,
/// any status but 200, an hour has passed or a minute without a byte, interrupted. Passwords in the URL do
/// not show in errors.
Result<std::string> download(const std::string& url, int64_t limit, Watch& watch);

/// Without user name and password, for people.
std::string shown_url(const std::string& url);

}  // namespace dew
