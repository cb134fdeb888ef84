// Names of an archive's entries, made fit for a disk. An archive may come from anybody.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dew::media {

/// What the bytes of a name mean where they are not UTF-8.
enum class NameBytes {
  kCp437,    ///< ZIP's own charset (APPNOTE.TXT, appendix D)
  kUnknown,  ///< each such byte becomes %XX
};

/// A relative path with '/' between its parts, which leads to no place outside: backslashes separate parts as
/// well; a root, a drive letter, "." and ".." go, the last with the part before it. It is UTF-8; a control
/// character becomes %XX; a part of more than 255 bytes is shortened and gets some of its hash. nullopt:
/// nothing is left, or more than 1000 bytes are.
std::optional<std::string> clean_entry_name(std::string_view raw, NameBytes meaning);

/// Whether a part of the path belongs to other programs (is_of_other_programs in base/files.h).
bool is_below_other_programs(std::string_view path);

}  // namespace dew::media
