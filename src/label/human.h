// human: labels by people, from a file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"
#include "label/sample_names.h"
#include "store/store.h"

namespace dew::label {

/// A line whose sample is not known.
struct UnknownLine {
  int64_t line = 0;
  std::string name;  ///< as the file has it
  Error error;       ///< no sample is called so, or it could be several
};

struct HumanLabels {
  std::vector<Label> labels;
  std::vector<UnknownLine> unknown;  ///< in the order of the file; without them the labels are whole
  int64_t left_out = 0;              ///< lines of a table that Dewdrop exported: labels by no person, or none
  int64_t nothing = 0;               ///< lines without a class: empty, "NA", "NaN" ...
  int64_t none_there = 0;            ///< that say that none of the classes is there: 0 for each, no box
  int64_t several = 0;               ///< samples of several classes, or about which annotators differ
  int64_t not_taken = 0;             ///< lines of frames that are no samples of the project
  std::vector<std::string> first_not_taken;  ///< "walk.mp4#frame=7", the first few
  int64_t frames_of_pictures = 0;         ///< lines whose number of a frame says nothing of a still picture
  std::vector<std::string> columns_left;  ///< names of the table's columns that are not taken along
  std::string corrections;                ///< exchange::TableLines's
};

/// Labels by people (origin "human", basis `by`) from a table, as exchange::TableLines reads it:
///
///     sample,class                               file;human;remarks           file,frame,label
///     street.jpg,yes                             street.jpg;yes;"dark"        v.avi,15,no
///     "v.avi#frame=15&xywh=0,0,9,9",no
///
/// Columns are found by their names (exchange::Column), and one of what a model said gives no label. In what
/// Dewdrop exported, labels by the policy or the local classifier are left out, unless they are others by
/// now, and a person's that nobody changed stays that person's. A sample is given by a name that SampleNames
/// knows; nothing is guessed, and a frame is that frame and not the nearest. A picture may stand in several
/// lines under different names if they agree. The class is one of the project's in any case, or its unsure
/// answer (set aside). Nothing is stored.
///
/// Errors (usage) name `file` and the line, and the nearest known name: exchange::TableLines's, no such
/// class, a sample labelled twice, nothing in the file.
Result<HumanLabels> parse_human_labels(std::string_view text, const std::string& file,
                                       const SampleNames& names, const Settings& settings,
                                       const std::string& by);

/// What the table has that gives no label, as sentences with counts; unknown lines are not among them.
std::vector<std::string> lines_without_label(const HumanLabels& read);

/// All unknown lines as one error, the first twenty of them in words; nullopt: there are none.
std::optional<Error> unknown_lines(const HumanLabels& read, const std::string& file);

}  // namespace dew::label
