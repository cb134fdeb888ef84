// checkpoint.pt: all that training needs to resume after any epoch as if it had never stopped.
#pragma once

#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "student/train.h"

namespace dew::student {

/// The state between two epochs. Random numbers depend on (seed, epoch, example) alone, so that they need no
/// state of their own.
struct TrainingState {
  int epoch = 0;  ///< epochs done
  int64_t steps = 0;
  at::Tensor parameters;  ///< flat float tensors, as Layout says
  at::Tensor statistics;
  at::Tensor momentum;  ///< AdamW's first and second moments
  at::Tensor variance;
  at::Tensor average_parameters;  ///< moving averages
  at::Tensor average_statistics;
  at::Tensor kept_parameters;  ///< the averages of the epoch that is kept; undefined where it is the last
  std::vector<EpochFigures> curve;
  double seconds = 0;  ///< spent on forward and backward passes
  int64_t images = 0;
};

/// `fingerprint` stands for settings and data (fingerprint.h): a state is only valid for the same ones.
Result<void> save_checkpoint(const fs::path& folder, const TrainingState& state,
                             const std::string& fingerprint);

/// Fills `state`, whose tensors have their shapes already and are written in place, from
/// `folder`/checkpoint.pt. False if there is none for this fingerprint, with a warning if there is another or
/// a damaged one; `state` is unchanged then.
bool load_checkpoint(const fs::path& folder, const std::string& fingerprint, TrainingState& state,
                     Watch& watch);

/// Tells the watch from which epoch training resumes, if it does.
void announce_resumed(const TrainingState& state, Watch& watch);

}  // namespace dew::student
