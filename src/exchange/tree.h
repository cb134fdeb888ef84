// The files below a folder, by name.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/base.h"

namespace dew::exchange {

/// All files below a folder, whatever they are; what other programs keep (.git, __MACOSX, thumbnails) is not
/// in it, and links to folders are not followed. Only names are read.
class Tree {
 public:
  /// Error: not a folder, or it may not be read. Folders in it that may not be read count as empty.
  static Result<Tree> below(const fs::path& root);
  /// The files named, below `root`.
  Tree(fs::path root, std::vector<std::string> files);

  [[nodiscard]] const fs::path& root() const { return root_; }
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }  ///< with '/', sorted
  [[nodiscard]] bool has(std::string_view file) const;
  [[nodiscard]] fs::path path_of(std::string_view file) const { return root_ / fs::path(file); }

  /// The file that a data set means by `name`: the one of that name beside `file` (which names it) or below
  /// the root; else the only one whose whole path ends so. Of an address or a whole path on some other
  /// machine
  /// ("gs://bucket/a/1.jpg", "C:\\a\\1.jpg"), the longest file of the tree that it ends with. Backslashes,
  /// "./" and accents in either spelling (NFC, NFD) are taken; nothing outside the root is ever found, and
  /// nothing is guessed. Empty `file`: `why` says why.
  struct Found {
    std::string file;
    std::string why;
  };
  [[nodiscard]] Found find(std::string_view name, std::string_view file = {}) const;
  /// As find(), for a name without an extension, of the files that are pictures by their extension.
  [[nodiscard]] Found find_picture(std::string_view stem, std::string_view file = {}) const;

 private:
  [[nodiscard]] Found only_one(const std::string& name, bool elsewhere, bool stems) const;

  fs::path root_;
  std::vector<std::string> files_;
  std::unordered_map<std::string, size_t> by_name_;            ///< names in lookup form
  std::unordered_multimap<std::string, size_t> by_last_part_;  ///< "1.jpg" -> files
  std::unordered_multimap<std::string, size_t> by_stem_;       ///< "1" -> pictures
};

}  // namespace dew::exchange
