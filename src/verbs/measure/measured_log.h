// What a real board logged about the time of each step: `compile --measured LOG`. The lines are those that
// dew_<symbol>_timing.c of `deploy --to c` prints, among whatever else a serial port said:
//
//     dew_timing begin MARK 10 64000000    deploy::timing_mark() of the net, inferences, ticks a second
//     dew_timing 0 51234                   ticks of step 0, of all these inferences
//     ...
//     dew_timing end
#pragma once

#include <string>
#include <string_view>

#include "verbs/measure/measure.h"

namespace dew::verbs {

/// `file`: what errors call the log. Error (usage): no whole block, one of another net than the plan's.
Result<MeasuredTimes> read_measured(std::string_view log, const std::string& file,
                                    const compiler::Plan& plan);

}  // namespace dew::verbs
