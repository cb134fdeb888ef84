// Who can reach an address.
#pragma once

#include <string>

namespace dew {

/// "127.0.0.1", "127.1.2.3", "::1", "localhost": nobody but this machine. A name that only begins like one
/// ("127.example.com") is none.
bool is_loopback(const std::string& address);

}  // namespace dew
