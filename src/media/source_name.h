// What the name of a source of frames says by its form alone.
#pragma once

#include <string>

namespace dew {

/// Whether it is the path of a file or a folder: not an address, also not one whose pictures are pushed, not
/// a camera and not standard input.
bool is_path_source(const std::string& source);

}  // namespace dew
