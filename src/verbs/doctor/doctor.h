// What is installed, what is missing and how to get it; and how long the project's teachers will answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "target/target.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

struct DoctorArgs {
  fs::path project = ".";          ///< any folder; outside a project no teachers are looked up
  Clock* clock = &system_clock();  ///< must outlive the call
};

/// A teacher of dewdrop.toml that has a model.
struct CheckedTeacher {
  std::string spec;
  std::string model;
  std::string prices_true_on;  ///< empty: no price is known
  std::string ends_on;         ///< the day from which the model is no longer served; empty: none is known
  std::optional<int64_t> days_left;  ///< until then
};

struct DoctorOutcome : Outcome {
  std::vector<target::Tool> tools;
  bool openai_api_key = false;  ///< whether the variable is set; its value is not looked at
  std::string prices_true_on;   ///< the newest day on which prices were looked up
  std::vector<CheckedTeacher> teachers;
};

/// Asks each program that dewdrop may call for its version, and the price file about the project's teachers.
/// Warns through `watch` of a price file that is older than half a year, and of a teacher that is served for
/// less than 90 days more. No server is asked. Error: the project's price file cannot be read.
Result<DoctorOutcome> doctor(const DoctorArgs& args, Watch& watch);

/// Debian's packages that would bring what is missing.
std::vector<std::string> missing_packages(const DoctorOutcome& outcome);

Json to_json(const DoctorOutcome& outcome);

}  // namespace dew::verbs
