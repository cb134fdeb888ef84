// add(), where the archives are unpacked already: `new` reads their labels first.
#pragma once

#include "verbs/project/archives.h"

namespace dew::verbs {

Result<AddOutcome> add_opened(Project& project, const AddArgs& given, const OpenedArchives& archives,
                              Watch& watch);

}  // namespace dew::verbs
