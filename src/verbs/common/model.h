// The model a verb works on: a .tflite file of the user's, or a net of the project.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/compiler.h"
#include "graph/graph.h"
#include "store/store.h"
#include "target/devices.h"
#include "target/target.h"
#include "verbs/common/outcome.h"
#include "verbs/common/which_net.h"

namespace dew::verbs {

/// Which model, compiled how.
struct ModelArgs {
  fs::path project;  ///< any folder inside it
  fs::path model;    ///< a .tflite file; empty: the project's net
  std::string run;   ///< of which run, as finished_run() takes it; empty: the newest
  std::vector<std::string> classes;
  std::string symbol;    ///< of the C code; empty: from the file's or project's name
  std::string rounding;  ///< empty: the project's, else dew
  std::string schedule;  ///< empty: the compiler's default
  std::string core;      ///< "cortex-m4": picks its kernels; empty: plain C, which runs anywhere
  std::string isa;       ///< "generic", "helium": these kernels, whatever the core
};

struct Model {
  graph::Graph graph;
  compiler::Plan plan;
  compiler::Options options;
  fs::path file;
  std::optional<NetOfRun> net;  ///< absent: a file that is not the net of a project's run
};

/// Reads and compiles. A run's model.tflite that is named as a file has the project's name and rounding, as
/// it has without. Error: no such model, no trained net yet, an operator that has no kernel.
Result<Model> load_model(const ModelArgs& args);

/// The project whose net a verb works on where the user names no model. Error: none here; says that a model
/// of one's own does as well.
Result<Project> project_of(const ModelArgs& args);

/// Says which of the project's nets it is.
void tell_net(const Model& model, Watch& watch);

/// What a compiled model takes: by its plan, and measured where a board ran it.
struct ModelFigures {
  int64_t macs = 0;
  int64_t weights_bytes = 0;
  int64_t arena_bytes = 0;
  std::optional<target::Figures> measured;
  std::optional<int64_t> rows_ram_bytes;  ///< RAM with rows pushed instead of a whole image; if measured
  std::optional<target::Target> where;    ///< what it is for and measured on; absent: nothing in particular
  std::string schedule;
  std::string rounding;
  std::string target;   ///< the core or board it is for
  std::string kernels;  ///< "generic", "helium" ...
};
ModelFigures figures_of(const Model& model, const std::string& target);

/// RAM of the firmware where rows are pushed into it. Absent: a model with floats at its ends takes no rows;
/// or it could not be measured.
std::optional<int64_t> rows_ram_bytes(const Model& model, const target::Board& board, Watch& watch);

/// Whether the firmware fits the device that it is for; absent where that is not known.
struct Fits {
  std::optional<bool> flash;
  std::optional<bool> image;  ///< RAM, with a whole image in it
  std::optional<bool> rows;   ///< RAM, with rows pushed
};
Fits fits(const ModelFigures& figures);

/// In sentences: what of the device it takes, both ways, and about how long an inference lasts. Empty: it is
/// for no device, or not measured.
std::string device_text(const ModelFigures& figures);

/// The keys of `compile`; what was not measured is null.
Json to_json(const ModelFigures& figures);

/// The C code's symbol for a file's or project's name: "my-net v2" -> "my_net_v2".
std::string symbol_of(const std::string& name);

/// "rows", "layers"; "dew", "tflite". Error (usage): anything else.
Result<compiler::Schedule> parse_schedule(const std::string& text);
Result<graph::Rounding> parse_rounding(const std::string& text);

/// The dequantised scores in a plan's output, without the gate's answer, and the index of the largest (the
/// first of equals).
std::vector<double> scores(const std::vector<uint8_t>& bytes, const compiler::Plan& plan);
int largest(const std::vector<double>& values);

/// The file beside a model that holds its thresholds: a score a line, from 0 to 1, in the classes' order.
fs::path thresholds_file(const fs::path& model);

/// The file beside a model that holds its gate (graph/gate.h).
fs::path gate_file(const fs::path& model);

/// Whether the gate knows the picture of this output; always, where the plan has none.
bool is_known(const std::vector<uint8_t>& bytes, const compiler::Plan& plan);

/// Whether class `top` reaches its threshold; always, where the model has none.
bool is_said(const Model& model, const std::vector<double>& values, int top);

}  // namespace dew::verbs
