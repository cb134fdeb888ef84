// http: one file over HTTP, with limits.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/watch.h"

namespace dew {

/// The body behind an http or https URL, following up to five redirects. Error: not such a URL (usage), more
/// than `limit` bytes, any status but 2xx, an hour has passed or a minute without a byte, interrupted.
/// Passwords in the URL do not show in errors.
Result<std::string> download(const std::string& url, int64_t limit, Watch& watch);

/// The URL without user name and password, for people.
std::string shown_url(const std::string& url);

}  // namespace dew
