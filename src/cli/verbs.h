// What each verb takes and does. The command line fills the arguments; `dewdrop demo` calls the same verbs.
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
#include "cli/keys.h"
#include "cli/table.h"
#include "search/search.h"
#include "store/store.h"
#include "student/student.h"
#include "teacher/teacher.h"
#include "verbs/common/model.h"
#include "verbs/common/open.h"
#include "verbs/verbs.h"

namespace dew {

using namespace verbs;
using cli::Console;
using cli::Keys;
using cli::table;

struct LabelArgs {
  fs::path project;
  std::vector<std::string> teachers;                    ///< none: the project's
  TeacherOptions options;                               ///< but for what dewdrop.toml says under [label]
  std::vector<std::function<void(Settings&)>> changes;  ///< of that: the command line goes before the file
  std::optional<int64_t> limit;                         ///< samples to ask about at most, in order
  std::optional<int64_t> sample;                        ///< ... drawn at random, the same ones each time
  bool worker = false;                                  ///< share the asking with others: see label_worker.h
  std::chrono::milliseconds lease{60'000};
  bool dry_run = false;    ///< say what would be asked and what it would cost
  bool bill_only = false;  ///< say what was spent so far
  bool gold = false;       ///< ask about what people labelled, and score it; nothing else is asked
};
Result<Json> verb_label(const LabelArgs& args, Console& console);

struct ReviewArgs {
  fs::path project;
  fs::path import_file;  ///< labels by people, all or none of it; nothing is asked then
  std::string by;        ///< who decides; empty: the user's name
  std::string backbone;  ///< empty: student::default_backbone()
  int input = 128;       ///< pixels of its square input
  std::string split;     ///< "test": these samples only
  std::optional<int64_t> limit;
  int64_t again = 25;           ///< decisions after which the rest is ranked anew; 0: never
  std::optional<int64_t> list;  ///< print so many instead of asking
  fs::path score;               ///< labels by people that the ranking is measured against
  fs::path picture;             ///< where the picture in question is written; empty: .dewdrop/review.png
};
Result<Json> verb_review(const ReviewArgs& args, Console& console);

struct TrainArgs {
  fs::path project;
  std::vector<std::function<void(Settings&)>> changes;  ///< of [student]: the command line goes before it
  search::Limits limits;                                ///< with any of them the net is searched for
  bool keep_done = false;  ///< a finished run with the same settings and labels serves again
};
Result<Json> verb_train(const TrainArgs& args, Console& console);

struct BackboneTrainArgs {
  std::vector<fs::path> pictures;  ///< files, or folders of them; no labels are needed
  fs::path teacher;                ///< an int8 .tflite that classifies pictures
  fs::path work;                   ///< lessons and checkpoints, kept so that a broken run goes on
  fs::path out;                    ///< the backbone's file
  std::string name;                ///< empty: from the file's
  int views = 3;
  std::string stages = "64x45,96x14";  ///< pixels x epochs, comma separated
  student::PretrainSettings settings;
};
Result<Json> verb_backbone_train(const BackboneTrainArgs& args, Console& console);

struct BackboneArgs {
  std::string what;      ///< "list", "import" or "pull"
  fs::path file;         ///< to import
  std::string url;       ///< to pull
  std::string name;      ///< empty: the file's
  std::string pinned;    ///< SHA-256 that what is pulled must have
  bool replace = false;  ///< an earlier one of that name
};
Result<Json> verb_backbone(const BackboneArgs& args, Console& console);

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
