// What is told of labelling: `label` and `demo` say the same.
#pragma once

#include "cli/console.h"
#include "verbs/label/label.h"

namespace dew::cli {

void tell_label(const verbs::LabelOutcome& outcome, Console& console);

/// Every version of the prompt in a row, the current ones in detail, and what the policy makes of them.
void tell_gold(const verbs::GoldReport& gold, const Settings& settings, Console& console);

}  // namespace dew::cli
