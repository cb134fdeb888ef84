// What the program calls of this room, as one table: LibTorch takes longer to load than most commands to run,
// so the program holds the room as a shared library (module.cpp) and loads it at the first call (loaded.cpp).
#pragma once

#include "student/backbone_store.h"
#include "student/look.h"
#include "student/student.h"
#include "student/threads.h"
#include "student/unlabelled.h"

namespace dew::student {

/// Members are called as the functions are.
struct LoadedTable {
  decltype(&student::bundled_bytes) bundled_bytes;
  decltype(&student::backbones_folder) backbones_folder;
  decltype(&student::imported_backbones) imported_backbones;
  decltype(&student::imported_path) imported_path;
  decltype(&student::find_backbone) find_backbone;
  decltype(&student::decode_backbone) decode_backbone;
  decltype(&student::encode_backbone) encode_backbone;
  decltype(&student::default_backbone) default_backbone;
  decltype(&student::fitting_backbone) fitting_backbone;
  decltype(&student::features) features;
  decltype(&student::gated_features) gated_features;
  decltype(&student::judging_folds) judging_folds;
  decltype(&student::likeness_by) likeness_by;
  decltype(&student::out_of_fold) out_of_fold;
  decltype(&student::predict) predict;
  decltype(&student::look) look;
  decltype(&student::pretrain) pretrain;
  decltype(&student::quantise_best) quantise_best;
  decltype(&student::sketch) sketch;
  decltype(&student::pictures_of) pictures_of;
  decltype(&student::usual_epochs) usual_epochs;
  decltype(&student::trial_epochs) trial_epochs;
  decltype(&student::with_usual_epochs) with_usual_epochs;
  decltype(&student::check_settings) check_settings;
  decltype(&student::train) train;
  decltype(&student::train_with_unlabelled) train_with_unlabelled;
  decltype(&student::learns_from_unlabelled) learns_from_unlabelled;
  decltype(&student::epochs_with_unlabelled) epochs_with_unlabelled;
  void (*limit_threads)(int threads);  ///< as a ThreadLimit does it; 0: its end
};

}  // namespace dew::student
