// From a trained net to the int8 files of its run: model.tflite, model.labels.txt, model.thresholds.txt,
// model.gate.txt.
#pragma once

#include <vector>

#include "search/search.h"
#include "store/store.h"
#include "verbs/train/train.h"

namespace dew::verbs {

/// How the net came about that is rounded.
struct HowTrained {
  student::TrainSettings settings;
  std::string recipe;  ///< student::Trained::recipe
};

/// Rounds the net in `folder` to int8 as the settings say and writes the files.
Result<Int8Result> write_int8_model(const Settings& settings, const fs::path& folder,
                                    const search::Pictures& pictures, const HowTrained& how, Watch& watch);

/// For metrics.json: "int8_validation_accuracy", "int8_kept", "thresholds", "promise".
Json metrics_of(const Int8Result& result);

}  // namespace dew::verbs
