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
};

/// Labels by people (origin "human", basis `by`) from a table, one sample a line:
///
///     sample,class                               file;human;remarks
///     street.jpg,yes                             images/street.jpg;yes;"dark; but clear"
///     "v.avi#frame=15&xywh=0,0,9,9",no
///
/// `text` may be in any encoding and with any delimiter that exchange::Table reads. With a header, columns
/// are found by name: sample, file, filename, image_path, id ... and human, class, label, category ... (see
/// exchange::Column; the first that exists); of two columns, the other one is the class. Other columns are
/// ignored, but for `origin` and `label_was` in what Dewdrop exported: labels by the policy or the local
/// classifier are left out, unless they are others by now, and a person's that nobody changed stays that
/// person's (`by`). Without a header, a line is the sample, the delimiter and the class; then commas in the
/// sample's name need no quotes. A sample is given by a name that SampleNames knows: its own or its file's,
/// that of a copy with the same bytes, or one with more or fewer leading folders, as long as only one file
/// fits; nothing is guessed. A picture may stand in several lines under different names if they agree. The
/// class is one of the project's, or its unsure answer (set aside). Nothing is stored.
///
/// Errors (usage) name `file` and the line, and the nearest known name: no such class, a sample labelled
/// twice, a line without two fields, nothing in the file.
Result<HumanLabels> parse_human_labels(std::string_view text, const std::string& file,
                                       const SampleNames& names, const Settings& settings,
                                       const std::string& by);

/// All unknown lines as one error, the first twenty of them in words; nullopt: there are none.
std::optional<Error> unknown_lines(const HumanLabels& read, const std::string& file);

}  // namespace dew::label
