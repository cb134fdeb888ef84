// Backbones by name: the one that is compiled in, and those the user imported.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "student/backbone.h"

namespace dew::student {

/// Our own backbone's file, compiled in; empty in a build without one.
std::string_view bundled_bytes();

/// $XDG_DATA_HOME/dewdrop/backbones, or ~/.local/share/dewdrop/backbones.
fs::path backbones_folder();

/// Names of what lies there, sorted.
std::vector<std::string> imported_backbones();
fs::path imported_path(const std::string& name);

/// By name ("bundled", or one imported) or by a file's path; read and checked. "random" is none.
Result<Backbone> find_backbone(const std::string& backbone);

}  // namespace dew::student
