// begin_jobs: from what a page asks for to a verb at work.
#pragma once

#include "studio/workplace.h"

namespace dew::studio {

/// A verb's outcome as a job's.
template <typename Outcome>
Result<Worked> worked(const Result<Outcome>& outcome) {
  if (!outcome) return tl::unexpected(outcome.error());
  return Worked{to_json(*outcome), outcome->stopped};
}

/// `body`: {"verb": "train", ...}, with that verb's own keys. The job as it is then. Error: no such verb,
/// keys that are not its own (400); it is at work already (409).
Reply<Json> begin_job(Workplace& place, const Json& body);

}  // namespace dew::studio
