// The files below a folder, by name.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
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
  Tree(Tree&&) noexcept;
  Tree& operator=(Tree&&) noexcept;
  ~Tree();

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
  /// Paths from their last letter to their first, sorted: those with one ending stand together.
  using Endings = std::vector<std::pair<std::string, size_t>>;
  using Range = std::pair<Endings::const_iterator, Endings::const_iterator>;
  [[nodiscard]] static Range ending_with(const Endings& endings, const std::string& name);
  [[nodiscard]] static Range called(const Endings& endings, const std::string& path);
  [[nodiscard]] Range meant(const Endings& endings, const std::string& name, bool elsewhere) const;
  [[nodiscard]] Found only_one(const std::string& name, bool elsewhere, bool stems) const;

  fs::path root_;
  std::vector<std::string> files_;
  std::unordered_map<std::string, size_t> by_name_;  ///< names in lookup form
  Endings endings_;                                  ///< of all files
  Endings stems_;                                    ///< of pictures, without their extension
};

}  // namespace dew::exchange
