// Where the user's own things lie that belong to no project.
#pragma once

#include "base/files.h"

namespace dew {

/// $XDG_DATA_HOME/dewdrop, or ~/.local/share/dewdrop. Without HOME (cron, some containers) the home of the
/// password file, but never the folder that we are in.
fs::path user_data_folder();

}  // namespace dew
