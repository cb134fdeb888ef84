// checkpoint.pt: the state of training between two epochs.
#include "student/checkpoint.h"

#include <utility>

#include "student/archive.h"

namespace dew::student {
namespace {

constexpr int64_t kFigures = 5;  ///< numbers per epoch in the curve

std::vector<std::pair<const char*, at::Tensor*>> named(TrainingState& state) {
  std::vector<std::pair<const char*, at::Tensor*>> all = {{"parameters", &state.parameters},
                                                          {"statistics", &state.statistics},
                                                          {"momentum", &state.momentum},
                                                          {"variance", &state.variance},
                                                          {"average_parameters", &state.average_parameters},
                                                          {"average_statistics", &state.average_statistics}};
  if (state.kept_parameters.defined()) all.emplace_back("kept_parameters", &state.kept_parameters);
  return all;
}

at::Tensor curve_tensor(const std::vector<EpochFigures>& curve) {
  at::Tensor tensor = at::empty({static_cast<int64_t>(curve.size()), kFigures}, at::kDouble);
  double* to = tensor.data_ptr<double>();
  for (const EpochFigures& figures : curve) {
    for (const double value : {static_cast<double>(figures.epoch), figures.train_loss, figures.train_accuracy,
                               figures.validation_loss, figures.validation_accuracy}) {
      *to++ = value;
    }
  }
  return tensor;
}

Result<TrainingState> read(const fs::path& path, const std::string& fingerprint, TrainingState state) {
  DEW_TRY(const NamedTensors tensors, load_tensors(path, "the checkpoint"));
  DEW_TRY(const std::string written_for, expect_text(tensors, "fingerprint", path));
  if (written_for != fingerprint) return work_error("it belongs to other settings or other data");
  for (auto& [name, tensor] : named(state)) {
    DEW_TRY(*tensor, expect_tensor(tensors, name, at::kFloat, tensor->sizes(), path));
  }
  DEW_TRY(const at::Tensor counters, expect_tensor(tensors, "counters", at::kDouble, {4}, path));
  const double* counter = counters.data_ptr<double>();
  if (!(counter[0] >= 1 && counter[0] <= 1e6)) return work_error("its epoch makes no sense");
  state.epoch = static_cast<int>(counter[0]);
  state.steps = static_cast<int64_t>(counter[1]);
  state.seconds = counter[2];
  state.images = static_cast<int64_t>(counter[3]);
  DEW_TRY(const at::Tensor curve,
          expect_tensor(tensors, "curve", at::kDouble, {state.epoch, kFigures}, path));
  const double* row = curve.data_ptr<double>();
  for (int epoch = 0; epoch < state.epoch; ++epoch, row += kFigures) {
    state.curve.push_back({static_cast<int>(row[0]), row[1], row[2], row[3], row[4]});
  }
  return state;
}

}  // namespace

Result<void> save_checkpoint(const fs::path& folder, const TrainingState& state,
                             const std::string& fingerprint) {
  NamedTensors tensors;
  TrainingState copy = state;  // shares the tensors; named() wants to write
  for (const auto& [name, tensor] : named(copy)) tensors[name] = *tensor;
  tensors["counters"] = at::tensor({static_cast<double>(state.epoch), static_cast<double>(state.steps),
                                    state.seconds, static_cast<double>(state.images)},
                                   at::kDouble);
  tensors["curve"] = curve_tensor(state.curve);
  tensors["fingerprint"] = text_tensor(fingerprint);
  return save_tensors(folder / "checkpoint.pt", tensors);
}

bool load_checkpoint(const fs::path& folder, const std::string& fingerprint, TrainingState& state,
                     Watch& watch) {
  const fs::path path = folder / "checkpoint.pt";
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return false;
  Result<TrainingState> loaded = read(path, fingerprint, state);
  if (!loaded) {
    watch.warn("the checkpoint " + path.string() + " is not used: " + loaded.error().what +
               "; training starts from the beginning");
    return false;
  }
  const auto from = named(*loaded);
  const auto to = named(state);
  for (size_t i = 0; i < to.size(); ++i) {
    to[i].second->copy_(*from[i].second);
    *from[i].second = *to[i].second;
  }
  state = *std::move(loaded);
  return true;
}

void announce_resumed(const TrainingState& state, Watch& watch) {
  if (state.epoch > 0) watch.advance(state.epoch, "resuming after epoch " + std::to_string(state.epoch));
}

}  // namespace dew::student
