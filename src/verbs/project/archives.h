// Archives among what is to be added: each is unpacked for as long as this lasts, and added as a folder.
#pragma once

#include <vector>

#include "media/archive.h"
#include "verbs/common/picture_files.h"
#include "verbs/project/project.h"

namespace dew::verbs {

class OpenedArchives {
 public:
  /// Unpacks the archives among `files` into folders below `into`. One that is refused is told, and left out.
  /// Error: the disk is full; interrupted; `in_place`, as nothing can refer into an archive.
  static Result<OpenedArchives> open(const std::vector<fs::path>& files, const fs::path& into, bool in_place,
                                     Watch& watch);

  /// The files that were given, folders in the place of archives.
  [[nodiscard]] const std::vector<fs::path>& files() const { return files_; }
  [[nodiscard]] const LeftOuts& left_out() const { return left_out_; }
  /// Why the last of the refused archives was.
  [[nodiscard]] const std::optional<Error>& refused() const { return refused_; }

  /// The path as the user knows it: below the archive ("/home/ada/pics.zip/a.jpg") where it is from one, else
  /// as it is.
  [[nodiscard]] fs::path origin_of(const fs::path& path) const;

 private:
  struct Opened {
    fs::path archive;  ///< absolute
    Unpacked unpacked;
  };
  Result<void> take(const fs::path& archive, const fs::path& into, Watch& watch);

  std::vector<fs::path> files_;
  std::vector<Opened> opened_;
  LeftOuts left_out_;
  std::optional<Error> refused_;
};

}  // namespace dew::verbs
