// What the page of a comparison shows beside its findings: pictures, reasons, costs, settings.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compare/holes.h"
#include "student/train.h"
#include "verbs/compare/compare.h"
#include "verbs/compare/gather.h"

namespace dew::verbs {

/// The newest reason that A's teachers gave for each picture of Gathered, empty where there is none.
using Reasons = std::vector<std::string>;
Result<Reasons> reasons_of(const Project& project, const Side& a, const Gathered& all);

/// The tested pictures' features and reasons.
compare::HoleSearch hole_search(const Gathered& all, const Reasons& reasons);

/// What A's answers cost, and how many there are.
Result<CompareCosts> costs_of(const Project& project, const Side& a, const CompareArgs& args);

/// All that the page is made of, beside the outcome.
struct PageSources {
  const CompareArgs& args;
  const student::TrainSettings& wanted;
  const Gathered& all;
  const compare::Observed& seen;
  const Reasons& reasons;
};

/// Writes outcome.page, and compare.json beside it.
Result<void> write_compare_page(const Project& project, const PageSources& sources,
                                const CompareOutcome& outcome);

}  // namespace dew::verbs
