// HMAC-SHA-256 (RFC 2104, FIPS 198-1), as lower-case hex: who holds the key can check who wrote a message.
#pragma once

#include <string>
#include <string_view>

namespace dew {

std::string hmac_sha256(std::string_view key, std::string_view message);

}  // namespace dew
