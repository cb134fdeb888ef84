// Pictures that are samples of the project already: what `dewdrop export` cut from its videos and pictures,
// or wrote anew. Added again they would be near-copies, in any split.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "store/store.h"
#include "verbs/common/picture_files.h"

namespace dew::verbs {

class OwnPictures {
 public:
  /// Looks for the files' names among those that an export gives to the project's samples, and compares the
  /// pixels of those that fit. Where no name looks like an export's nothing is read. Error: the database's;
  /// interrupted.
  static Result<OwnPictures> find(const Project& project, const FileList& files, Watch& watch);

  struct Own {
    int64_t source = 0;
    int64_t sample = 0;
  };
  /// The sample that the file shows; nullopt: none.
  [[nodiscard]] std::optional<Own> of(size_t file) const;
  [[nodiscard]] int64_t count() const { return std::ssize(own_); }

 private:
  std::map<size_t, Own> own_;  ///< by file
};

}  // namespace dew::verbs
