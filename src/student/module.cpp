// The shared library's one entry.
#include <optional>

#include "student/loaded_table.h"

namespace dew::student {
namespace {

void limit_threads(int threads) {
  static std::optional<ThreadLimit> limit;
  limit.reset();
  if (threads > 0) limit.emplace(threads);
}

constexpr LoadedTable kTable{
    .bundled_bytes = &bundled_bytes,
    .backbones_folder = &backbones_folder,
    .imported_backbones = &imported_backbones,
    .imported_path = &imported_path,
    .find_backbone = &find_backbone,
    .decode_backbone = &decode_backbone,
    .encode_backbone = &encode_backbone,
    .default_backbone = &default_backbone,
    .fitting_backbone = &fitting_backbone,
    .features = &features,
    .gated_features = &gated_features,
    .judging_folds = &judging_folds,
    .likeness_by = &likeness_by,
    .out_of_fold = &out_of_fold,
    .predict = &predict,
    .look = &look,
    .pretrain = &pretrain,
    .quantise_best = &quantise_best,
    .sketch = &sketch,
    .pictures_of = &pictures_of,
    .usual_epochs = &usual_epochs,
    .trial_epochs = &trial_epochs,
    .with_usual_epochs = &with_usual_epochs,
    .check_settings = &check_settings,
    .train = &train,
    .train_with_unlabelled = &train_with_unlabelled,
    .learns_from_unlabelled = &learns_from_unlabelled,
    .epochs_with_unlabelled = &epochs_with_unlabelled,
    .limit_threads = &limit_threads,
};

}  // namespace
}  // namespace dew::student

extern "C" __attribute__((visibility("default"))) const dew::student::LoadedTable* dew_student_table() {
  return &dew::student::kTable;
}
