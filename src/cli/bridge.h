// Until every verb has moved to src/verbs: what the files that are left see of it.
#pragma once

#include "cli/console.h"
#include "cli/keys.h"
#include "cli/table.h"
#include "verbs/common/cut_net.h"
#include "verbs/common/model.h"
#include "verbs/common/open.h"
#include "verbs/common/pictures.h"
#include "verbs/verbs.h"

namespace dew {
using namespace verbs;
using cli::Console;
using cli::Keys;
using cli::table;
}  // namespace dew
