// checkpoint.pt: all that training needs to go on after any epoch as if it had never stopped.
#pragma once

#include <ATen/ATen.h>

#include <optional>
#include <string>
#include <vector>

#include "student/student.h"

namespace dew::student {

/// The state between two epochs. Chance is drawn from (seed, epoch, example), so the epoch is its state.
struct TrainingState {
  int epoch = 0;  ///< epochs done
  int64_t steps = 0;
  at::Tensor parameters;  ///< flat float tensors, as Layout says
  at::Tensor statistics;
  at::Tensor momentum;  ///< AdamW's first and second moments
  at::Tensor variance;
  at::Tensor average_parameters;  ///< moving averages
  at::Tensor average_statistics;
  at::Tensor best_parameters;  ///< the averages of the best epoch; undefined where none is kept
  at::Tensor best_statistics;
  std::vector<EpochFigures> curve;
  double seconds = 0;  ///< spent on forward and backward passes
  int64_t images = 0;
};

/// `fingerprint` names settings and data; a state is only good for the same ones.
Result<void> save_checkpoint(const fs::path& folder, const TrainingState& state,
                             const std::string& fingerprint);

/// Fills `state` from `folder`/checkpoint.pt; its tensors have their shapes already and are written in place.
/// False, and a warning where it is due, if there is none that fits; `state` is unchanged then.
bool load_checkpoint(const fs::path& folder, const std::string& fingerprint, TrainingState& state,
                     Watch& watch);

}  // namespace dew::student
