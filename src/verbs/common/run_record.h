// What the database keeps of a training run, read with care: a person or a broken disk may have changed it.
#pragma once

#include <vector>

#include "store/store.h"
#include "student/student.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

/// Run::settings_json and Run::results_json as objects. Error: damaged; names the run.
Result<Json> run_settings(const Project& project, const Run& run);
Result<Json> run_results(const Project& project, const Run& run);

/// What train() writes into the results: numbers an epoch, and the rest below.
Json curve_json(const std::vector<student::EpochFigures>& curve);

/// The training curve of a run's results; none where there is none. Error: damaged; names the run.
Result<std::vector<student::EpochFigures>> curve_of(const Project& project, const Run& run,
                                                    const Json& results);

/// A number of a run's results; absent where it is null or missing. Error: damaged; names the run.
Result<std::optional<double>> number_of(const Project& project, const Run& run, const Json& results,
                                        const char* key);

}  // namespace dew::verbs
