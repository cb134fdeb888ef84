// The net that a project's settings ask for.
#pragma once

#include <string>

#include "store/store.h"
#include "student/train.h"

namespace dew::verbs {

/// Its backbone may be empty: nobody chose one.
student::TrainSettings train_settings(const Settings& settings);

/// The SHA-256 of the backbone's numbers; empty for random weights. Error: there is none of that name, it is
/// damaged, it has another alpha.
Result<std::string> backbone_hash(const student::TrainSettings& wanted);

}  // namespace dew::verbs
