// Pictures named on a command line or in a request: files, and folders of them.
#pragma once

#include <vector>

#include "base/base.h"

namespace dew::verbs {

/// The pictures below a folder, sorted; or the file itself, whatever it is called. Error: none there.
Result<std::vector<fs::path>> pictures_at(const fs::path& path);

}  // namespace dew::verbs
