#include "verbs/phone/local_identity.h"

#include <fmt/format.h>

#include "base/user_folder.h"
#include "verbs/phone/addresses.h"

namespace dew::verbs {
namespace {

/// What certificates are for; the first is what people are told.
std::vector<std::string> hosts_of(const std::string& listen) {
  std::vector<std::string> hosts = listen.empty() ? own_addresses() : std::vector<std::string>{listen};
  const std::string name = own_host_name();
  if (!name.empty()) hosts.push_back(name.find('.') == std::string::npos ? name + ".local" : name);
  for (const char* own : {"localhost", "127.0.0.1"}) hosts.emplace_back(own);
  return hosts;
}

}  // namespace

Result<LocalIdentity> local_identity(const std::string& listen, const fs::path& folder, Watch& watch) {
  DEW_CHECK(check_own_address(listen));
  const std::vector<std::string> hosts = hosts_of(listen);
  const fs::path where = folder.empty() ? user_data_folder() / "authority" : folder;
  DEW_TRY(Authority authority, Authority::open(where, hosts));
  if (!authority.vouches_for(hosts.front()))
    watch.warn(fmt::format(
        "browsers will not trust {}: the authority was made when this machine had another address. "
        "Remove {} to make one anew",
        hosts.front(), where.string()));
  DEW_TRY(Identity identity, authority.issue(hosts));
  return LocalIdentity{std::move(authority), std::move(identity), hosts.front()};
}

}  // namespace dew::verbs
