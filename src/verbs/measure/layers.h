// What each layer of a plan costs, as data and as the page of `compile --report`.
#pragma once

#include <string>
#include <vector>

#include "verbs/measure/measure.h"

namespace dew::verbs {

/// A time in `times`' unit, without it: "0.125", "51,234".
std::string time_text(const MeasuredTimes& times, double value);

/// One row a step of the plan. `instructions` as target::count_step_instructions gives them; empty: not
/// counted. `times`: null: not measured.
std::vector<report::LayerCost> layers_of(const compiler::Plan& plan, const std::vector<int64_t>& instructions,
                                         const MeasuredTimes* times);

/// The value of compile's key `layers`; what was not counted or measured is null.
Json layers_json(const std::vector<report::LayerCost>& layers);

/// The figures, the memory plan as a picture, the layers.
report::Report compile_report(const Model& model, const CompileOutcome& outcome);

}  // namespace dew::verbs
