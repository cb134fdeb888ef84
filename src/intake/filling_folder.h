// filling_folder: a folder into which others put pictures, as a camera does that uploads by FTP.
#pragma once

#include "intake/intake.h"

namespace dew::intake {

/// Watches `folder` (Linux's inotify, so that it must be on a disk of this machine). A picture is taken when
/// its writer has closed it, or it was moved in; its time is the file's. Names that begin with a dot, and
/// files that are no pictures by their names, are not looked at. `from_start`: also what lies there already,
/// the oldest first. Pictures stay where they are, and wait there: none is dropped. A folder that vanishes is
/// told and waited for. Error: it is not there, or cannot be watched.
Result<std::unique_ptr<Intake>> open_filling_folder(const fs::path& folder, bool from_start, Host host);

}  // namespace dew::intake
