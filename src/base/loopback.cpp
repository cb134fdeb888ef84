#include "base/loopback.h"

#include <arpa/inet.h>

namespace dew {

bool is_loopback(const std::string& address) {
  in_addr four{};
  if (::inet_pton(AF_INET, address.c_str(), &four) == 1) return address.starts_with("127.");
  return address == "::1" || address == "localhost";
}

}  // namespace dew
