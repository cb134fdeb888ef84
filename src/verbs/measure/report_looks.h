// What the report shows of single pictures and classes, made of an evaluation.
#pragma once

#include <vector>

#include "report/report.h"
#include "student/look.h"

namespace dew::verbs {

/// Precision and recall of each class. counts[truth][said]
std::vector<report::ClassScore> class_scores(const std::vector<std::vector<int64_t>>& counts);

/// Where the net saw `said`, against the label's class (an index of `classes`) or, where that is `said`,
/// against the class it held for the next likely.
report::HeatMap heat_map(const student::Look& look, int said, int truth,
                         const std::vector<std::string>& classes);

/// The tiles on a map by what the net sees; looks[index[t]] belongs to tile t. Of many, all that the student
/// got wrong (as far as there is room) and an even choice of the rest.
std::vector<report::Dot> map_of(const std::vector<student::Look>& looks, const std::vector<size_t>& index,
                                const std::vector<report::Tile>& tiles);

}  // namespace dew::verbs
