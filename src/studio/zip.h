// zip: a folder as one file, for a browser to save.
#pragma once

#include <string>

#include "base/base.h"

namespace dew::studio {

/// All regular files below the folder, under their paths there, deflated. Error: a file that cannot be read,
/// more than 256 MiB.
Result<std::string> zip_folder(const fs::path& folder);

}  // namespace dew::studio
