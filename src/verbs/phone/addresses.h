// How other devices reach this machine.
#pragma once

#include <string>
#include <vector>

#include "base/base.h"

namespace dew::verbs {

/// IPv4 addresses of interfaces that are up, without the loopback's; those of a home or office network (RFC
/// 1918) first, and docker's bridges last.
std::vector<std::string> own_addresses();

/// Whether it can be listened on: loopback, one of own_addresses(), or empty for all. Error (usage): none of
/// these.
Result<void> check_own_address(const std::string& address);

/// This machine's name; empty: it has none.
std::string own_host_name();

}  // namespace dew::verbs
