// Gathers what the report room draws.
#pragma once

#include "report/report.h"
#include "verbs/measure/evaluation.h"

namespace dew::verbs {

/// Error: the run's record is damaged, a picture cannot be read, interrupted.
Result<report::Report> gather_report(const Project& project, const Run& run, const Model& model,
                                     const Evaluation& evaluation, Watch& watch);

}  // namespace dew::verbs
