// What is told of verbs that `demo` calls as well: both say the same.
#pragma once

#include "cli/console.h"
#include "verbs/measure/measure.h"
#include "verbs/project/project.h"
#include "verbs/train/train.h"

namespace dew::cli {

void tell_made(const verbs::NewOutcome& made, Console& console);
void tell_added(const verbs::AddOutcome& added, Console& console);
void tell_trained(const verbs::TrainOutcome& trained, Console& console);
void tell_tested(const verbs::TestOutcome& tested, Console& console);

}  // namespace dew::cli
