// How good a net is and what it takes: `test` measures it on the test split, `run` classifies pictures with
// it, `compile` turns it, or any int8 .tflite, into C and measures that.
#pragma once

#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "label/gold.h"
#include "report/report.h"
#include "verbs/common/model.h"

namespace dew::verbs {

// --- test ---

struct TestArgs {
  fs::path project;
  std::string run;        ///< as finished_run() takes it; empty: the newest
  std::string labels;     ///< which labels are right, as label::parse_label_set() takes them; empty: all
  std::string board;      ///< empty: the project's; where its tools are missing, a warning and no board
  bool no_board = false;  ///< float, and int8 on this host only
  fs::path inputs_out;    ///< where the test split's input tensors go, for other engines; empty: nowhere
};

/// Of a net with thresholds or a gate: how many labelled samples' top class reached its threshold.
struct DecidedFigures {
  int64_t samples = 0;
  int64_t decided = 0;             ///< of these
  int64_t right = 0;               ///< of those decided
  std::vector<double> thresholds;  ///< one a class; empty: it has none
  bool gated = false;
  int64_t strange = 0;        ///< samples that the gate turned away
  int64_t strange_right = 0;  ///< of those, whose top class was right
};

/// Whose labels of the test split the accuracies are measured against, and what of it has none.
struct MeasuredAgainst {
  int64_t samples = 0;     ///< that count: people's, teachers' and the local classifier's
  int64_t people = 0;      ///< of them
  int64_t teacher = 0;     ///< of them
  int64_t local = 0;       ///< of them
  std::string teachers;    ///< "openai:gpt-4o"
  int64_t unsure = 0;      ///< left out: set aside
  int64_t unlabelled = 0;  ///< left out: nobody said anything
  int64_t unreadable = 0;  ///< left out: their picture is gone or broken
};
/// In one sentence.
std::string to_text(const MeasuredAgainst& against);

struct TestOutcome : Outcome {
  int64_t run = 0;
  std::string folder;  ///< of the run, relative to the project
  std::string labels;  ///< which labels counted as right: "current", "people" ...
  MeasuredAgainst against;
  Share float_accuracy;                   ///< accuracies are on the labelled samples of the test split
  Share host_accuracy;                    ///< int8 on this machine, by the kernels that the C code holds
  std::optional<Share> board_accuracy;    ///< absent without a board, as the next two
  std::optional<DecidedFigures> decided;  ///< of the int8 net; absent if it has neither thresholds nor a gate
  std::string board;                      ///< the board it ran on; empty: none
  std::optional<bool> bit_equal;          ///< whether all output bytes of host and board agree
  int64_t samples = 0;                    ///< readable samples of the test split, labelled or not
  ModelFigures figures;
  fs::path report;  ///< report.html
};

/// Runs the net on the test split, writes report.html and adds the figures to the run. Error: no such run,
/// damaged record or files of a run, no labelled sample in the test split, a board that was named and
/// cannot be used, interrupted.
Result<TestOutcome> test(const TestArgs& args, Watch& watch);

Json to_json(const TestOutcome& outcome);

// --- run ---

struct RunArgs {
  ModelArgs model;
  std::string on = "host";         ///< or a board: "qemu:mps2-an386", "cortex-m4"
  std::vector<fs::path> pictures;  ///< files, or folders of them
  fs::path start;     ///< the folder that relative paths start from; a picture's folder may name its class
  std::string split;  ///< instead: a split of the project, such as "test"
  fs::path raw;       ///< instead: a file of input tensors, the model's own bytes one after the other
  fs::path out;       ///< where the output tensors go, one after the other; empty: nowhere
  bool rows = false;  ///< a board only: push rows, as a camera reads out
};

/// The net's answer to one input.
struct RunResult {
  std::string input;           ///< the file, the sample, or "tensor 3"
  std::string top;             ///< the class with the highest score; its number if classes have no names
  double score = 0;            ///< of that class
  bool decided = true;         ///< false: the score is below the class's threshold, or the gate turns it away
  std::optional<bool> known;   ///< false: a stranger, says the gate; absent: there is none
  std::vector<double> scores;  ///< one a class
  std::optional<std::string> label;  ///< the project's, or the name of the picture's folder
};

struct RunOutcome : Outcome {
  std::string on;
  std::vector<RunResult> results;  ///< in the order of the inputs; folders sorted by name
  int64_t skipped = 0;             ///< pictures that could not be decoded, told as warnings
  int64_t labelled = 0;            ///< results with a label
  int64_t right = 0;               ///< of these, where label and top class agree
  int64_t learned = 0;             ///< labelled results of pictures that taught the net, or chose it
  int64_t learned_right = 0;       ///< of these
  int64_t instructions = 0;        ///< of the longest inference; 0: not counted
  std::optional<NetOfRun> net;     ///< absent: a model that is not a project's
};

/// On the host pictures are decoded and run one at a time, so that memory does not grow with their number; a
/// board gets all of them in one start. Error: no input, an input that cannot be read, raw bytes that are not
/// a whole number of tensors, a model that does not take pictures, load_model()'s, the board's, interrupted.
Result<RunOutcome> run(const RunArgs& args, Watch& watch);

Json to_json(const RunOutcome& outcome);

// --- compile ---

struct CompileArgs {
  ModelArgs model;
  std::string target;   ///< core, chip or board; empty: the project's, or cortex-m4 for the user's own model
  fs::path out;         ///< folder for the C files; empty: dew_<symbol> in `out_parent`
  fs::path out_parent;  ///< only used if `out` is empty
  bool dump = false;    ///< also give the graph as text
  bool measure = true;  ///< build the C for the board and run it there
  bool layers = false;  ///< also give each layer's cost, and write a page with it
  fs::path page;        ///< that page; empty: report.html beside the C files
  fs::path measured;    ///< a real board's log of each step's time, which stands with `layers`; empty: none
};

/// What goes into a model, or comes out.
struct ModelEnd {
  graph::Tensor tensor;  ///< shape and type
  std::string kind;      ///< "picture", "floats", "quantised"; "classes", "map", "values"
  double scale = 1;      ///< real = scale * (q - zero point); of floats, as the net quantises them
  int zero_point = 0;    ///< of the tensor's own type
};

/// How long each step takes on a real board, by its own log.
struct MeasuredTimes {
  std::vector<double> steps;  ///< of one inference: milliseconds, or ticks where nobody said how long one is
  bool milliseconds = false;
  int64_t blocks = 0;      ///< of the log that were whole: each step's time is the median of theirs
  int64_t broken = 0;      ///< that began and did not end, or lack a step
  int64_t inferences = 0;  ///< of the whole ones

  [[nodiscard]] double total() const { return std::accumulate(steps.begin(), steps.end(), 0.0); }
  [[nodiscard]] std::string unit() const { return milliseconds ? "ms" : "cycles"; }
};

struct CompileOutcome : Outcome {
  ModelFigures figures;
  std::optional<NetOfRun> net;          ///< absent: a model that is not a project's
  std::string symbol;                   ///< the C files are dew_<symbol>.c and .h
  std::optional<Error> not_measured;    ///< why measured figures are missing, if they were wanted
  std::optional<MeasuredTimes> times;   ///< with `measured`
  int64_t memory_bytes = 0;             ///< of the arena: what the net remembers between runs
  std::optional<int64_t> layers_arena;  ///< of a schedule operator by operator; absent: this is one
  ModelEnd input;
  ModelEnd output;
  std::string timeline;                   ///< the memory plan as text
  std::string graph;                      ///< the graph as text, with `dump`
  std::vector<report::LayerCost> layers;  ///< with `layers`
  fs::path folder;                        ///< of the C files
  std::vector<fs::path> files;            ///< everything written
  fs::path page;                          ///< with `layers`
};

/// The C files are written even if measuring fails: without an emulator only the figures are missing.
/// Error: the model's, an unknown target, a folder that cannot be written, interrupted.
Result<CompileOutcome> compile(const CompileArgs& args, Watch& watch);

Json to_json(const CompileOutcome& outcome);

/// What was measured, as a table; below it, what of the device that takes (device_text()).
std::string figure_table(const CompileOutcome& outcome);

/// One row a layer; the last column is a bar of the time where that was measured, else of instructions where
/// they were counted, else of MACs.
std::string layer_table(const CompileOutcome& outcome);

}  // namespace dew::verbs
