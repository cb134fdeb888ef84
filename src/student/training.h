// What all trainings share: their start, an epoch, an update of the weights, and the file they end in. For
// this room's LibTorch files only.
#pragma once

#include <functional>
#include <string>

#include "student/checkpoint.h"
#include "student/door.h"
#include "student/keep_memory.h"
#include "student/net.h"
#include "student/optimiser.h"
#include "student/short_spin.h"

namespace dew::student {

/// guarded(), with memory and threads set up for many equal steps.
template <typename Work>
auto guarded_training(const std::string& doing, Work&& work) -> decltype(work()) {
  return guarded(doing, [&] {
    const KeepFreedMemory keep;
    const ShortSpin short_spin;
    return work();
  });
}

/// The state before the first step: it shares the net's tensors, its averages start at the net's numbers.
TrainingState start_training(const Net& net);

/// One AdamW step on the parameters from `begin` up to `end`.
void update(const Net& net, const TrainingState& state, const AdamW& optimiser, int64_t begin, int64_t end);

/// Error: the loss is not a number. `where` and `next` as in Error.
Result<void> check_loss(double loss, const std::string& where, const std::string& next);

struct StepFigures {
  double loss = 0;
  int64_t right = 0;  ///< pictures whose class got the highest score
};

/// Batches of equal size, of one epoch.
struct Batches {
  int64_t count = 0;
  int64_t pictures = 0;  ///< in each
};

/// Whole batches only, since a small last one would have poor gradients and statistics: the pictures left
/// over sit this epoch out, and the next one shuffles anew. `size` is cut to the number of pictures.
Batches whole_batches(size_t pictures, int size);

/// Runs step(batch) for every batch of the epoch after state.epoch and adds to the state's time and pictures.
/// Error: a loss that is not a number, interrupted.
Result<EpochFigures> run_epoch(TrainingState& state, const Batches& batches, double learning_rate,
                               const Watch& watch, const std::function<StepFigures(int64_t batch)>& step);

/// Writes `folder`/weights.pt from flat tensors.
Result<void> save_net(const fs::path& folder, const Net& net, const at::Tensor& parameters,
                      const at::Tensor& statistics);

double images_per_second(const TrainingState& state);

/// The settings of a training from labelled pictures, ready to use. Error: what check_settings(),
/// check_examples() and check_classes() find; no number of epochs (with_usual_epochs() sets it); a folder
/// that cannot be made.
Result<void> prepare_training(const std::vector<Example>& examples, const std::vector<Example>& validation,
                              const TrainSettings& settings, const fs::path& folder);

}  // namespace dew::student
