// Backbones by name: the one that is compiled in, and those that the user imported.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "student/backbone.h"

namespace dew::student {

/// The file of the bundled backbone; empty in a build without one.
std::string_view bundled_bytes();

/// $XDG_DATA_HOME/dewdrop/backbones, or ~/.local/share/dewdrop/backbones.
fs::path backbones_folder();

/// The names of the backbones in that folder, sorted.
std::vector<std::string> imported_backbones();
fs::path imported_path(const std::string& name);

/// Reads and checks a backbone: "bundled", an imported one's name, or a file's path. Error: there is none
/// ("random" is not a backbone), or as read_backbone().
Result<Backbone> find_backbone(const std::string& backbone);

}  // namespace dew::student
