// Paths by their parts.
#pragma once

#include <cstddef>
#include <string_view>

namespace dew::exchange {

/// Files that one name may mean are judged one by one; more of them are several, wherever they lie.
constexpr size_t kMostJudged = 1'000;

/// Whether `path` is `ending` or ends with "/" and it.
inline bool ends_with_parts(std::string_view path, std::string_view ending) {
  if (path.size() == ending.size()) return path == ending;
  return path.size() > ending.size() && path.ends_with(ending) &&
         path[path.size() - ending.size() - 1] == '/';
}

inline std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace dew::exchange
