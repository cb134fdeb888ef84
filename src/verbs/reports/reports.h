// reports: the pages that other verbs wrote into a project, for a face that shows them.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "store/store.h"
#include "verbs/common/outcome.h"
#include "verbs/runs/runs.h"

namespace dew::verbs {

/// The project's own pages: of `compare`, `cascade report` and `cascade tune`.
inline constexpr std::array<const char*, 3> kReports{"compare", "events", "tune"};

/// The HTML of one of kReports, as it was written last. It is a file that anybody may have changed since: to
/// be shown without scripts. Absent: nobody wrote it. Error: larger than 64 MiB, unreadable.
Result<std::optional<std::string>> read_report(const fs::path& project, const std::string& name);

/// A run's own pages: of `test`, and of a `train` that searched for a net that fits.
inline constexpr std::array<const char*, 2> kRunReports{"report", "search"};
Result<std::optional<std::string>> read_report(const fs::path& project, const RunSummary& run,
                                               const std::string& name);

/// Whether somebody wrote it. `project`: its own folder.
bool has_report(const fs::path& project, const std::string& name);
bool has_report(const fs::path& project, const RunSummary& run, const std::string& name);

/// Every figure of the last comparison, as `compare` wrote them beside its page. Absent: there is none.
/// Error: damaged.
Result<std::optional<Json>> read_comparison(const fs::path& project);

}  // namespace dew::verbs
