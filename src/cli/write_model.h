// From a trained net to the files of its run: model.tflite, model.labels.txt, model.thresholds.txt.
#pragma once
#include "cli/bridge.h"

#include <string>
#include <vector>

#include "base/base.h"
#include "cli/console.h"
#include "cli/verbs.h"
#include "store/store.h"
#include "student/student.h"

namespace dew {

/// Rounds the net in `folder` to int8 as the settings say and writes the files. What it found out, for
/// metrics.json: "int8_validation_accuracy", "int8_kept", "thresholds". Says it, too.
Result<Json> write_model(const Settings& settings, uint64_t seed, const fs::path& folder,
                         const std::vector<student::Example>& examples,
                         const std::vector<student::Example>& validation, Console& console);

}  // namespace dew
