// What is found out about a file before it becomes a source.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/inside.h"

namespace dew::store {

/// One file on its way into the project.
struct Arrival {
  fs::path file;
  std::string name;
  std::optional<Split> split;       ///< as it was given
  fs::path path;                    ///< that is remembered: absolute, as the user calls it, links in it stay
  std::optional<FileStamp> before;  ///< when the reading began
  bool tested = true;               ///< false: where its split is drawn, nothing of it is for testing
};

struct Examined {
  std::string sha256;
  MediaInfo info;
  std::optional<StoredSource> known;  ///< the source with these bytes, if there is one
  std::vector<std::optional<Rect>> regions;
  std::string bytes;  ///< of a picture that was read; empty otherwise
};

template <typename T>
using OrRefused = tl::expected<T, Refused>;

/// For a Result of an expected: the outer one holds.
template <typename T>
Result<OrRefused<T>> refuse(Refusal why, const Error& error) {
  return OrRefused<T>(tl::unexpect, Refused{why, error});
}

/// Error (usage): no such cut.
Result<void> check_cut(const Cut& cut);

/// Names go into answers files and JSON, one line each.
Result<void> check_name(const std::string& name, const fs::path& file);

/// Reads a file, and decodes it unless its bytes are a source already. `unchanged`: the source that it was
/// found to be without reading it.
Result<OrRefused<Examined>> examine(SourceByHash& sources, const Settings& settings,
                                    const std::optional<StoredSource>& unchanged, const Arrival& arrival,
                                    const Cut& cut, Watch& watch);

}  // namespace dew::store
