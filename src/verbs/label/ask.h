// The asking itself: teacher by teacher, each question claimed before it is asked.
#pragma once

#include "verbs/label/label.h"
#include "verbs/label/prepare.h"

namespace dew::verbs {

/// Asks all questions of `prepared`. Answers and bills are in the database before more is asked. Fills the
/// outcome's bills, total, failures and late, also where an error ends it half-way.
Result<void> ask_teachers(Project& project, const LabelArgs& args, Prepared& prepared, LabelOutcome& outcome,
                          Watch& watch);

}  // namespace dew::verbs
