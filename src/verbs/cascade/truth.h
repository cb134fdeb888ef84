// When something really was there: a table of spans beside a recording.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cascade/judging.h"

namespace dew::verbs {

struct Truth {
  std::map<std::string, std::vector<cascade::TrueEvent>> events;  ///< of each class that is an event
  std::map<std::string, int64_t> others;  ///< spans of other classes, as the table calls them
};

/// A table with a header: the columns `start` and `end` (also start_s, end_s, begin, from, to; seconds from
/// the start of the recording), and either `class` (also label, event), or a column of 0 and 1 for each
/// class; where the project has one event class, such a column may have any name. Classes are found in any
/// case. Spans of a class that touch are one event. Error (usage): a column is missing, a cell is no number,
/// a span that ends before it begins; with the line.
Result<Truth> read_truth(const fs::path& file, const std::vector<std::string>& events);

/// The table of a recording: what the user names, else yard.truth.csv or yard.presence.csv beside yard.mp4.
/// Error (usage): none is there.
Result<fs::path> truth_file(const fs::path& recording, const fs::path& named);

}  // namespace dew::verbs
