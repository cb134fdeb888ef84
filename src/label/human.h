// human: labels by people, from a file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"
#include "store/store.h"

namespace dew::label {

/// Labels by people (origin "human", basis `by`) from comma-separated values, one sample a line:
///
///     sample,class                               file,human,remarks
///     street.jpg,yes                             images/street.jpg,yes,"dark, but clear"
///     "v.avi#frame=15&xywh=0,0,9,9",no
///
/// With a header, columns are found by name: sample, file, image, path or name, and human, class, label or
/// truth (the first of each list that exists); others are ignored. Without a header, a line is the sample, a
/// comma and the class; then commas in the sample's name need no quotes. A sample is given by its own name or
/// its file's: as in the project, or with more or fewer leading folders, as long as only one sample fits. The
/// class is one of the project's, or its unsure answer (set aside). Nothing is stored.
///
/// Errors (usage) name `file` and the line, and the nearest known name: no such sample, a file of several
/// samples, no such class, a sample labelled twice, a line without two fields, nothing in the file.
Result<std::vector<Label>> parse_human_labels(std::string_view text, const std::string& file,
                                              const std::vector<Sample>& samples,
                                              const std::vector<Source>& sources, const Settings& settings,
                                              const std::string& by);

}  // namespace dew::label
