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



struct TrainArgs {
  fs::path project;
  std::vector<std::function<void(Settings&)>> changes;  ///< of [student]: the command line goes before it
  search::Limits limits;                                ///< with any of them the net is searched for
  bool keep_done = false;  ///< a finished run with the same settings and labels serves again
};
Result<Json> verb_train(const TrainArgs& args, Console& console);

struct TestArgs {
  fs::path project;
  std::optional<int64_t> run;  ///< absent: the newest finished one
  std::string board;           ///< empty: the project's
  bool no_board = false;
  fs::path inputs_out;  ///< where the test split's input tensors go, for other engines; empty: nowhere
};
Result<Json> verb_test(const TestArgs& args, Console& console);

struct CompileArgs {
  ModelArgs model;
  std::string target;  ///< core or board; empty: the project's board
  fs::path out;        ///< folder for the C files
  bool dump = false;
  bool no_measure = false;
  fs::path report;  ///< where the page with every layer's cost goes; ".": into `out`; empty: none
};
Result<Json> verb_compile(const CompileArgs& args, Console& console);

struct RunArgs {
  ModelArgs model;
  std::string on = "host";
  std::vector<fs::path> pictures;  ///< files, or folders of them
  std::string split;               ///< "test": the project's samples instead
  fs::path raw;                    ///< input tensors instead
  fs::path out;                    ///< where the output tensors go; empty: nowhere
  bool rows = false;               ///< feed a board rows, as a camera reads out
};
Result<Json> verb_run(const RunArgs& args, Console& console);

struct DeployArgs {
  ModelArgs model;
  std::string target;           ///< core or board the C is for; empty: the project's board, else any
  std::vector<std::string> to;  ///< "c", "tflite", "onnx"
  fs::path out;
};
Result<Json> verb_deploy(const DeployArgs& args, Console& console);

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
