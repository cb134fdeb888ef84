// How many rows of each tensor must be kept, found by running the engine without its kernels.
#pragma once

#include <vector>

#include "compiler/plan.h"

namespace dew::compiler {

/// For each step, the steps that read its tensor, in order.
std::vector<std::vector<int>> consumers(const std::vector<Step>& program);

/// Runs steps [first, last] as one wave, without kernels; all steps before them are complete. If first is 0,
/// the image's rows come one by one.
class WaveRun {
 public:
  WaveRun(const std::vector<Step>& program, const std::vector<std::vector<int>>& consumers);

  /// The rows that each step's ring needs, indexed by step - first. A tensor that a later wave reads is kept
  /// whole. Empty: the engine's order does not complete the wave, so it must be cut.
  std::vector<int> rings(int first, int last);

 private:
  void ran(int step);

  std::vector<dew_step> steps_;
  const std::vector<std::vector<int>>& consumers_;
  std::vector<uint16_t> done_;
  std::vector<int> most_;
};

}  // namespace dew::compiler
