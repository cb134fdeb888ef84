// How many rows of a tensor must be kept: found by running the engine without its kernels.
#pragma once

#include <vector>

#include "compiler/plan.h"

namespace dew::compiler {

/// The steps that read each step's tensor.
std::vector<std::vector<int>> consumers(const std::vector<Step>& program);

/// What the engine meets when it runs steps [first, last] as one wave, everything before them complete.
/// Where last is 0 or first is 0, the image's rows come one by one.
class WaveRun {
 public:
  WaveRun(const std::vector<Step>& program, const std::vector<std::vector<int>>& consumers);

  /// Rows each step's ring needs, by step - first. A tensor that is read behind the wave is kept whole.
  /// Empty: the engine's order does not complete the wave, so that it must be cut.
  std::vector<int> rings(int first, int last);

 private:
  void ran(int step);

  std::vector<dew_step> steps_;
  const std::vector<std::vector<int>>& consumers_;
  std::vector<uint16_t> done_;
  std::vector<int> most_;
};

}  // namespace dew::compiler
