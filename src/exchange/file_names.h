// Names for the files of an export: readable, unique, and such that Windows, a URL and a shell take them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "store/store.h"

namespace dew::exchange {

/// The name without what Windows, URLs or shells treat specially (control characters, \ : * ? " < > | # & %),
/// without empty and relative parts, no part longer than 190 bytes, none of a name that Windows or other
/// programs keep for themselves. '/' still divides folders. Never empty.
std::string safe_path(std::string_view name);

/// "A/vtest.avi-frame15-192,0,192x192" of the sample: its source's name, with what was cut from it.
std::string picture_stem(const Sample& sample, const Source& source);

/// "A-1.jpg" of "A/1.jpg".
std::string flat(std::string_view path);

/// Remembers what is taken. Two names are the same if they differ in case, or in how accents are spelt.
class TakenNames {
 public:
  /// `by_stem`: names that differ in their extension alone count as the same too.
  explicit TakenNames(bool by_stem) : by_stem_(by_stem) {}
  /// `folder`/`name`, with "-2", "-3" ... before its extension where that is taken. `folder` may be empty.
  std::string take(const std::string& folder, const std::string& name);

 private:
  bool try_take(const std::string& path);
  [[nodiscard]] bool lies_in_a_file(const std::string& path) const;

  /// Instead of names, which would fill the memory: where two had one hash, the second would get a number
  /// that it does not need.
  using Hashes = std::unordered_set<size_t>;

  bool by_stem_;
  Hashes files_;  ///< of whole paths, in the form in which they are compared
  Hashes stems_;  ///< the same without extensions, where those do not count
  std::unordered_set<std::string> folders_;
  std::unordered_map<std::string, int64_t> last_number_;  ///< that was appended to a name
};

}  // namespace dew::exchange
