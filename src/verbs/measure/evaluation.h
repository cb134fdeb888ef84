// The net against the test split: in float, as int8 on the host, as int8 on a board.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "label/label.h"
#include "student/look.h"
#include "target/target.h"
#include "verbs/measure/measure.h"

namespace dew::verbs {

/// The scores of one way of running the net.
struct NetScores {
  std::string where;                        ///< "float", "int8 on the host", "int8 on qemu:mps2-an386"
  std::vector<std::vector<double>> scores;  ///< a row a sample, a column a class
  std::vector<bool> known;                  ///< by the gate; empty: it has none
};

struct Evaluation {
  std::vector<Sample> samples;        ///< the test split that could be read, labelled or not
  std::vector<target::Bytes> inputs;  ///< the input tensor of each
  std::vector<int> truth;             ///< index of the class; -1: no label (set aside, or not asked)
  NetScores in_float;
  NetScores on_host;
  std::optional<NetScores> on_board;
  std::vector<student::Look> looks;  ///< of the float net
  std::optional<bool> bit_equal;     ///< host and board, all samples, all output bytes
  std::optional<target::Figures> figures;

  /// Float, host, and the board where there was one.
  [[nodiscard]] std::vector<const NetScores*> all() const;
};

/// Runs all of it; `set` says which labels are right. `board` absent: float and host only.
Result<Evaluation> evaluate(const Project& project, const Run& run, const Model& model,
                            const std::optional<target::Board>& board, const label::LabelSet& set,
                            Watch& watch);

/// Over the labelled samples. Error of `evaluate` where there is none.
Share accuracy(const Evaluation& evaluation, const NetScores& net);

/// How many of the labelled samples the gate knows and reach their classes' thresholds, and how many of those
/// are right.
DecidedFigures decided(const Evaluation& evaluation, const NetScores& net, const Model& model);

/// counts[truth][top class] over the labelled samples.
std::vector<std::vector<int64_t>> confusion(const Evaluation& evaluation, const NetScores& net,
                                            size_t classes);

}  // namespace dew::verbs
