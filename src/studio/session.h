// session: the secret in the cookie, kept for a while so that an open page goes on where the studio is
// started again.
#pragma once

#include <string>

#include "base/base.h"

namespace dew::studio {

/// The secret in `folder`, where its own user wrote it within a day and nobody else may read it; else a new
/// one, which is written there. Where nothing can be written it is good for this time. Error: the system
/// gives no random numbers.
Result<std::string> kept_session(const fs::path& folder);

}  // namespace dew::studio
