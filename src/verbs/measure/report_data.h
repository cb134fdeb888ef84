// Gathers what the report room draws.
#pragma once

#include "report/report.h"
#include "verbs/measure/evaluation.h"

namespace dew::verbs {

/// `against`: to_text() of what the accuracies are measured against. Error: the run's record is damaged, a
/// picture cannot be read, interrupted.
Result<report::Report> gather_report(const Project& project, const Run& run, const Model& model,
                                     const Evaluation& evaluation, const std::string& against, Watch& watch);

}  // namespace dew::verbs
