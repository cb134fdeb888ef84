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
  /// whole, and so is what a later run reads. Empty: the engine's order does not complete the wave, or writes
  /// over a state that is still to be read, so it must be cut.
  std::vector<int> rings(int first, int last);

 private:
  void ran(int step);
  [[nodiscard]] bool all_read(int step) const;

  std::vector<dew_step> steps_;
  std::vector<bool> kept_;       ///< whole, whoever reads it
  std::vector<int> overwrites_;  ///< as in Step
  bool too_early_ = false;
  const std::vector<std::vector<int>>& consumers_;
  std::vector<uint16_t> done_;
  std::vector<int> most_;
};

}  // namespace dew::compiler
