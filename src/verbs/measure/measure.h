// What a net is worth and what it takes: `test` measures it on the test split, `run` puts it on pictures,
// `compile` turns it, or any int8 .tflite, into C and measures that.
#pragma once

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
  std::optional<int64_t> run;  ///< absent: the newest finished one
  std::string board;           ///< empty: the project's, left out with a warning where its tools are missing
  bool no_board = false;       ///< float, and int8 on this host only
  fs::path inputs_out;         ///< where the test split's input tensors go, for other engines; empty: nowhere
};

/// A net with thresholds: the labelled samples whose class reached its own.
struct DecidedFigures {
  int64_t samples = 0;
  int64_t decided = 0;             ///< of these
  int64_t right = 0;               ///< of those decided
  std::vector<double> thresholds;  ///< one a class
};

struct TestOutcome : Outcome {
  int64_t run = 0;
  std::string folder;                     ///< of the run, relative to the project
  Share float_accuracy;                   ///< accuracies are those on the labelled samples of the test split
  Share host_accuracy;                    ///< int8 on this machine, by the kernels that the C code holds
  std::optional<Share> board_accuracy;    ///< absent without a board, as the next two
  std::optional<DecidedFigures> decided;  ///< of the int8 net; absent where it has no thresholds
  std::string board;                      ///< that it ran on; empty: none
  std::optional<bool> bit_equal;          ///< host and board, in every byte of every sample's output
  int64_t samples = 0;                    ///< of the test split that could be read, labelled or not
  ModelFigures figures;
  fs::path report;  ///< report.html
};

/// Runs the net on the test split, writes report.html and adds the figures to the run. Error: no such run,
/// one whose record or files are damaged, no labelled sample in the test split, a board that was named and
/// cannot be used, interrupted.
Result<TestOutcome> test(const TestArgs& args, Watch& watch);

Json to_json(const TestOutcome& outcome);

// --- run ---

struct RunArgs {
  ModelArgs model;
  std::string on = "host";         ///< or a board: "qemu:mps2-an386", "cortex-m4"
  std::vector<fs::path> pictures;  ///< files, or folders of them
  fs::path start;     ///< where relative paths of pictures start, for the name of a picture's folder; empty:
                      ///< a name without a folder has none
  std::string split;  ///< "test": the project's samples instead
  fs::path raw;       ///< a file of input tensors instead, the model's own bytes one after the other
  fs::path out;       ///< where the output tensors go, one after the other; empty: nowhere
  bool rows = false;  ///< feed a board rows, as a camera reads out
};

/// What the net makes of one input.
struct RunResult {
  std::string input;    ///< the file, the sample, or "tensor 3"
  std::string top;      ///< the class with the highest score, or its number where classes have no names
  double score = 0;     ///< of that class
  bool decided = true;  ///< false: the score is below the class's threshold
  std::vector<double> scores;        ///< one a class
  std::optional<std::string> label;  ///< by the project's labels, or by the name of the picture's folder
};

struct RunOutcome : Outcome {
  std::string on;
  std::vector<RunResult> results;  ///< in the order of the inputs; folders sorted by name
  int64_t labelled = 0;            ///< of them
  int64_t right = 0;               ///< of the labelled
  int64_t instructions = 0;        ///< of the costliest inference; 0: not counted
};

/// Pictures are decoded and run a few at a time on the host, so that memory does not grow with their number;
/// a board gets all of them at once. Error: no input, one that cannot be read, raw bytes that are no whole
/// number of tensors, a model whose input is no picture, the model's and the board's own, interrupted.
Result<RunOutcome> run(const RunArgs& args, Watch& watch);

Json to_json(const RunOutcome& outcome);

// --- compile ---

struct CompileArgs {
  ModelArgs model;
  std::string
      target;    ///< core or board; empty: the project's board, or a Cortex-M4 for a model of the user's
  fs::path out;  ///< folder for the C files; empty: dew_<symbol> below `out_parent`
  fs::path out_parent;  ///< empty: `out` is relative as it stands
  bool dump = false;    ///< give the graph as text
  bool measure = true;  ///< build the C for the board and run it there
  bool layers = false;  ///< what each layer costs, and a page with it
  fs::path page;        ///< of `layers`; empty: report.html beside the C files
};

struct CompileOutcome : Outcome {
  ModelFigures figures;
  std::string symbol;                     ///< the C files are dew_<symbol>.c and .h
  std::optional<Error> not_measured;      ///< why there are no measured figures, where they were wanted
  std::optional<int64_t> layers_arena;    ///< the arena operator after operator would need; absent: it is so
  std::string timeline;                   ///< the memory plan as text
  std::string graph;                      ///< the graph as text, with `dump`
  std::optional<int64_t> rows_ram_bytes;  ///< RAM with rows pushed instead of a whole image, with `layers`
  std::vector<report::Layer> layers;      ///< with `layers`
  fs::path folder;                        ///< of the C files
  std::vector<fs::path> files;            ///< all that were written
  fs::path page;                          ///< with `layers`
};

/// Writes the C files whatever comes of the measuring: a missing emulator costs the figures, not the work.
/// Error: the model's, an unknown target, a folder that cannot be written, interrupted.
Result<CompileOutcome> compile(const CompileArgs& args, Watch& watch);

Json to_json(const CompileOutcome& outcome);

}  // namespace dew::verbs
