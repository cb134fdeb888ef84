// What a server of this machine shows to others in its network, so that they can come by https.
#pragma once

#include "verbs/phone/authority.h"

namespace dew::verbs {

struct LocalIdentity {
  Authority authority;
  Identity identity;
  std::string host;  ///< the address that people are told
};

/// `listen`: an address of this machine; empty: all of them. `folder`: the authority's; empty: the user's,
/// below user_data_folder(). Warns where the authority does not vouch for the address. Error: as
/// Authority::open().
Result<LocalIdentity> local_identity(const std::string& listen, const fs::path& folder, Watch& watch);

}  // namespace dew::verbs
