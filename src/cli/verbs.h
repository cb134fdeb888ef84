// What each verb takes and does. The command line fills the arguments; `dewdrop demo` calls the same verbs.
#include "cli/bridge.h"
//
// Every verb returns the object that --json prints (keys: DESIGN of the command line in docs/cli.md) and says
// the same for people through Console::say. `project` may be any folder inside the project.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/base.h"
#include "cli/console.h"
#include "cli/table.h"
#include "search/search.h"
#include "store/store.h"
#include "student/student.h"
#include "verbs/common/model.h"
#include "verbs/common/open.h"
#include "verbs/verbs.h"

namespace dew {




struct DemoArgs {
  fs::path folder;
  fs::path video;
  std::string teacher;
  std::string board;
  uint64_t seed = 1;
};
Result<Json> verb_demo(const DemoArgs& args, Console& console);

}  // namespace dew

namespace dew::cli {

/// Until the verb has moved to src/verbs.
inline int bridge(Console& console, const Result<verbs::Json>& outcome) {
  return outcome ? console.finish(*outcome, {})
                 : console.finish(console.partial_until_moved, outcome.error());
}

}  // namespace dew::cli
