// What all trainings share.
#include "student/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "student/examples.h"
#include "student/tensors.h"
#include "student/weights.h"

namespace dew::student {

TrainingState start_training(const Net& net) {
  TrainingState state;
  state.parameters = net.parameters;
  state.statistics = net.statistics;
  state.momentum = at::zeros_like(net.parameters);
  state.variance = at::zeros_like(net.parameters);
  state.average_parameters = net.parameters.clone();
  state.average_statistics = net.statistics.clone();
  return state;
}

void update(const Net& net, const TrainingState& state, const AdamW& optimiser, int64_t begin, int64_t end) {
  const auto part = [begin, end](const at::Tensor& tensor) {
    return values(tensor).subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
  };
  optimiser.apply(part(net.parameters), part(net.gradients), part(state.momentum), part(state.variance));
}

Result<void> check_loss(double loss, const std::string& where, const std::string& next) {
  if (std::isfinite(loss)) return {};
  return work_error("the training loss is not a number", where, next);
}

Batches whole_batches(size_t pictures, int size) {
  const auto count = static_cast<int64_t>(pictures);
  const int64_t batch = std::min<int64_t>(size, count);
  return {count / batch, batch};
}

Result<EpochFigures> run_epoch(TrainingState& state, const Batches& batches, double learning_rate,
                               const Watch& watch, const std::function<StepFigures(int64_t batch)>& step) {
  const auto begun = std::chrono::steady_clock::now();
  EpochFigures figures{.epoch = state.epoch + 1};
  int64_t right = 0;
  for (int64_t batch = 0; batch < batches.count; ++batch) {
    if (watch.interrupted()) return interrupted_error();
    const StepFigures one = step(batch);
    DEW_CHECK(check_loss(one.loss, fmt::format("epoch {}", figures.epoch),
                         fmt::format("lower the learning rate (it is {})", learning_rate)));
    figures.train_loss += one.loss / static_cast<double>(batches.count);
    right += one.right;
  }
  const int64_t pictures = batches.count * batches.pictures;
  figures.train_accuracy = static_cast<double>(right) / static_cast<double>(pictures);
  state.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  state.images += pictures;
  return figures;
}

Result<void> save_net(const fs::path& folder, const Net& net, const at::Tensor& parameters,
                      const at::Tensor& statistics) {
  return save_weights(folder, {net.architecture(), numbers(parameters), numbers(statistics)});
}

double images_per_second(const TrainingState& state) {
  return state.seconds > 0 ? static_cast<double>(state.images) / state.seconds : 0.0;
}

Result<void> prepare_training(const std::vector<Example>& examples, const std::vector<Example>& validation,
                              const TrainSettings& settings, const fs::path& folder) {
  DEW_CHECK(check_settings(settings));
  if (settings.epochs == 0) return usage_error("the number of epochs is 0", {}, "use with_usual_epochs()");
  DEW_CHECK(check_examples(examples, settings, "training"));
  DEW_CHECK(check_examples(validation, settings, "validation"));
  DEW_CHECK(check_classes(examples, settings.classes));
  return make_folders(folder);
}

}  // namespace dew::student
