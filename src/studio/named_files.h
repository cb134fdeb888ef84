// named_files: files that a request names. Whoever may ask the studio, a phone that was let in, say, is not
// whoever may read this machine's files: a request reaches into the project's folder and no further. What
// dewdrop.toml names, wherever it is, its owner has named.
#pragma once

#include <string>
#include <vector>

#include "studio/workplace.h"

namespace dew::studio {

/// A teacher's spec as a verb takes it; an answers file is looked for in the project. Error (400): the file
/// lies outside.
Reply<std::string> named_teacher(const Workplace& place, const std::string& spec);

/// Sources of frames; files and folders of the project by their whole path. Error (400): one lies outside, a
/// camera that is no video device, a source that does not parse.
Reply<std::vector<std::string>> named_sources(const Workplace& place,
                                              const std::vector<std::string>& sources);

/// A backbone's name, or the whole path of its file. Error (400): the file lies outside, or is not there.
Reply<std::string> named_backbone(const Workplace& place, const std::string& backbone);

}  // namespace dew::studio
