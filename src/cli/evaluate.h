// The net against the test split: in float, as int8 on the host, as int8 on a board.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "label/label.h"
#include "student/look.h"
#include "target/target.h"
#include "verbs/common/model.h"

namespace dew {

/// What one way of running the net said of every sample.
struct Said {
  std::string where;                        ///< "float", "int8 on the host", "int8 on qemu:mps2-an386"
  std::vector<std::vector<double>> scores;  ///< a row a sample, a column a class
};

/// Accuracy with its 95 % interval (Wilson 1927), since test splits are small.
struct Accuracy {
  int64_t right = 0;
  int64_t samples = 0;
  double low = 0;
  double high = 0;
  [[nodiscard]] double share() const { return static_cast<double>(right) / static_cast<double>(samples); }
};

struct Evaluation {
  std::vector<Sample> samples;        ///< the whole test split, labelled or not
  std::vector<target::Bytes> inputs;  ///< the input tensor of each
  std::vector<int> truth;             ///< index of the class; -1: no label (set aside, or not asked)
  std::vector<Said> said;             ///< float, host, and the board where there was one
  std::vector<student::Look> looks;   ///< of the float net
  std::optional<bool> bit_equal;      ///< host and board, all samples, all output bytes
  std::optional<target::Figures> figures;
};

/// Runs all of it. `board` absent: float and host only.
Result<Evaluation> evaluate(const Project& project, const Run& run, const Model& model,
                            const std::optional<target::Board>& board, Watch& watch);

/// Over the labelled samples. Error of `evaluate` where there is none.
Accuracy accuracy(const Evaluation& evaluation, const Said& said);

/// How many of the labelled samples' classes reach their thresholds, and how many of those are right.
struct Decided {
  int64_t samples = 0;
  int64_t said = 0;
  int64_t right = 0;
};
Decided decided(const Evaluation& evaluation, const Said& said, const Model& model);

/// counts[truth][said] over the labelled samples.
std::vector<std::vector<int64_t>> confusion(const Evaluation& evaluation, const Said& said, size_t classes);

}  // namespace dew
