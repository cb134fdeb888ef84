#include "verbs/phone/addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/loopback.h"

namespace dew::verbs {
namespace {

/// The lower, the likelier a phone is in the same network.
int rank(const std::string& interface, const std::string& address) {
  constexpr int kBridge = 3;
  constexpr int kOther = 2;
  for (const char* bridge : {"docker", "br-", "virbr", "veth", "cni", "podman"})
    if (interface.starts_with(bridge)) return kBridge;
  if (address.starts_with("192.168.")) return 0;
  return address.starts_with("10.") || address.starts_with("172.") ? 1 : kOther;
}

}  // namespace

std::vector<std::string> own_addresses() {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(first, &freeifaddrs);
  std::vector<std::pair<int, std::string>> ranked;
  for (const ifaddrs* one = first; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) continue;
    if ((one->ifa_flags & IFF_UP) == 0 || (one->ifa_flags & IFF_LOOPBACK) != 0) continue;
    std::array<char, INET_ADDRSTRLEN> text{};
    const auto* address = reinterpret_cast<const sockaddr_in*>(one->ifa_addr);
    if (inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size()) == nullptr) continue;
    ranked.emplace_back(rank(one->ifa_name, text.data()), text.data());
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> addresses;
  for (auto& [order, address] : ranked) addresses.push_back(std::move(address));
  return addresses;
}

Result<void> check_own_address(const std::string& address) {
  if (address.empty() || is_loopback(address)) return {};
  const std::vector<std::string> own = own_addresses();
  if (std::find(own.begin(), own.end(), address) != own.end()) return {};
  return usage_error("this is no address of this machine", printable(address),
                     own.empty() ? "it has none in a network" : "it has: " + join(own));
}

std::string own_host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace dew::verbs
