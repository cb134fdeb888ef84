// serve_groups: near-duplicates, to be decided together.
#pragma once

#include "studio/workplace.h"

namespace dew::studio {

/// What was found stays with the handlers: nothing else of the studio needs it.
void serve_groups(Server& server, Workplace& place);

}  // namespace dew::studio
