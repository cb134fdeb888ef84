// How a phone comes to trust this machine: a page over plain http that hands the authority over.
#pragma once

#include <string>

#include "verbs/phone/authority.h"

namespace dew::verbs {

/// The page: what to do on Android, iOS and computers, the fingerprint to compare, and `home`, the https
/// address to go to afterwards.
std::string trust_page(const Authority& authority, const std::string& home);

/// Apple's configuration profile that installs it (com.apple.security.root).
std::string mobile_config(const Authority& authority);

}  // namespace dew::verbs
