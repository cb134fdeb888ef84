// What is installed, what is missing and how to get it.
#pragma once

#include <vector>

#include "target/target.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

struct DoctorOutcome : Outcome {
  std::vector<target::Tool> tools;
  bool openai_api_key = false;  ///< whether the variable is set; its value is not looked at
};

/// Asks each program that dewdrop may call for its version.
Result<DoctorOutcome> doctor(Watch& watch);

/// Debian's packages that would bring what is missing.
std::vector<std::string> missing_packages(const DoctorOutcome& outcome);

Json to_json(const DoctorOutcome& outcome);

}  // namespace dew::verbs
