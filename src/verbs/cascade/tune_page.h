// The page of `cascade tune`: its figures in the report's terms.
#pragma once

#include "report/tune_page.h"
#include "verbs/cascade/cascade.h"

namespace dew::verbs {

/// One event class on its page. `recordings`: of this class, which it was tuned on.
report::TunePageClass tuned_class(const TunedClass& tuned, const std::vector<cascade::Recording>& recordings,
                                  double usd_a_call, int pictures);

}  // namespace dew::verbs
