// Gathers what the report room draws.
#pragma once
#include "cli/bridge.h"

#include "cli/evaluate.h"
#include "report/report.h"

namespace dew {

Result<report::Report> gather_report(const Project& project, const Run& run, const Model& model,
                                     const Evaluation& evaluation, Watch& watch);

}  // namespace dew
