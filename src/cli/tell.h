// Prints that more than one verb needs: `demo` says what the verbs that it runs say.
#pragma once

#include "cli/console.h"
#include "verbs/label/label.h"
#include "verbs/measure/measure.h"
#include "verbs/project/project.h"
#include "verbs/train/train.h"

namespace dew::cli {

void tell_made(const verbs::NewOutcome& made, Console& console);
void tell_added(const verbs::AddOutcome& added, Console& console);
void tell_label(const verbs::LabelOutcome& outcome, Console& console);
void tell_trained(const verbs::TrainOutcome& trained, Console& console);
void tell_tested(const verbs::TestOutcome& tested, Console& console);

}  // namespace dew::cli
