// The files below a folder, by name.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/base.h"
#include "base/texts.h"

namespace dew::exchange {

class PictureFolders;

/// All files below a folder, whatever they are; what other programs keep (.git, __MACOSX, thumbnails) is not
/// in it, and links to folders are not followed. Only names are read.
class Tree {
 public:
  /// Error: not a folder, or it may not be read. Folders in it that may not be read count as empty.
  static Result<Tree> below(const fs::path& root);
  /// The files named, below `root`.
  Tree(fs::path root, const std::vector<std::string>& files);
  /// The same, of which a user gave these folders ("test/a") whole and the other files one by one.
  Tree(fs::path root, const std::vector<std::string>& files, const std::vector<std::string>& given);
  Tree(Tree&&) noexcept;
  Tree& operator=(Tree&&) noexcept;
  ~Tree();

  [[nodiscard]] const fs::path& root() const { return root_; }
  [[nodiscard]] const std::vector<std::string_view>& files() const { return files_; }  ///< with '/', sorted
  [[nodiscard]] bool has(std::string_view file) const { return number_called(composed(file)).has_value(); }
  /// Where it stands in files(), spelt as it is on the disk.
  [[nodiscard]] std::optional<uint32_t> number_of(std::string_view file) const;
  [[nodiscard]] fs::path path_of(std::string_view file) const { return root_ / fs::path(file); }
  /// What a path below the root says by itself, of splits say: "a/1.jpg" of "test/a/1.jpg" where the user
  /// gave test/a, "1.jpg" where the user gave that file.
  [[nodiscard]] std::string_view as_given(std::string_view path) const;

  /// The file that a data set means by `name`: the one of that name beside `file` (which names it) or below
  /// the root; else the only one whose whole path ends so and that lies in the folder of `file`, or in the
  /// nearest one around it that holds pictures, and in no folder of another split than the path of `file`
  /// tells. Of an address or a whole path on some other machine ("gs://bucket/a/1.jpg", "C:\\a\\1.jpg"), the
  /// longest file of the tree that it ends with. Backslashes, "./" and accents in either spelling (NFC, NFD)
  /// are taken; nothing outside the root is ever found, and nothing is guessed; of several copies with the
  /// same bytes any will do. With Spelling::kAny, what is found nowhere to the letter may be the only file of
  /// that name in any case (of ASCII letters) and without blanks around its parts. Empty `file`: `why` says
  /// why. For one thread at a time.
  enum class Spelling { kExact, kAny };
  struct Found {
    std::string file;
    std::string why;
    bool several = false;  ///< why: the name fits several
    /// Neither found nor ambiguous: another reading of the name may be tried.
    [[nodiscard]] bool missing() const { return file.empty() && !several; }
  };
  [[nodiscard]] Found find(std::string_view name, std::string_view file = {},
                           Spelling spelling = Spelling::kAny) const;
  /// As find(), for a name without an extension, of the files that are pictures by their extension.
  [[nodiscard]] Found find_picture(std::string_view stem, std::string_view file = {},
                                   Spelling spelling = Spelling::kAny) const;

 private:
  /// Numbers of files, sorted by their names from the last letter to the first: those with one ending stand
  /// together.
  using Endings = std::vector<uint32_t>;
  using Range = std::pair<Endings::const_iterator, Endings::const_iterator>;
  Tree(fs::path root, Texts texts, std::vector<std::string_view> files);
  void sort_names();
  /// In lookup form: composed.
  [[nodiscard]] std::string_view name_of(uint32_t file) const;
  [[nodiscard]] std::string_view stem_of(uint32_t file) const;
  [[nodiscard]] std::optional<uint32_t> number_called(std::string_view name) const;
  [[nodiscard]] Range ending_with(bool stems, std::string_view name) const;
  [[nodiscard]] Range called(bool stems, std::string_view path) const;
  /// A name that was found nowhere to the letter, and the file that it stands in.
  struct Wanted {
    std::string path;
    bool elsewhere = false;
    std::string_view file;
    bool stem = false;
    std::string beside;  ///< in the folder of `file`; empty: that is the root, or another machine's path
  };
  /// Files by hashes of their last parts in lower case, sorted; sixteen bytes a file, made when the first
  /// name is found nowhere to the letter.
  struct Folded {
    using Names = std::vector<std::pair<size_t, uint32_t>>;
    Names files;
    Names stems;
  };
  [[nodiscard]] std::string_view around(std::string_view file) const;
  [[nodiscard]] Range meant(const Wanted& wanted) const;
  [[nodiscard]] Range after_other_folders(const Wanted& wanted) const;
  [[nodiscard]] bool may_follow(std::string_view before, std::string_view path, const Wanted& wanted) const;
  [[nodiscard]] bool same_bytes(Range files) const;
  [[nodiscard]] std::string why_not(const Wanted& wanted, uint32_t file, bool whole) const;
  [[nodiscard]] Found one_of(Range files) const;
  [[nodiscard]] Found only_one(const Wanted& wanted, Spelling spelling) const;
  [[nodiscard]] Endings of_folded_name(bool stems, const std::string& name) const;
  [[nodiscard]] Endings meant_in_any_case(const Wanted& wanted) const;
  [[nodiscard]] Found in_any_case(const Wanted& wanted) const;

  fs::path root_;
  Texts texts_;  ///< a name costs its letters and some twenty bytes
  std::vector<std::string_view> files_;
  std::unordered_map<uint32_t, std::string_view> composed_;     ///< of those whose lookup form is another
  std::unordered_map<std::string_view, uint32_t> by_composed_;  ///< the same
  Endings endings_;                                             ///< of all files
  Endings stems_;                                               ///< of pictures, without their extension
  std::unique_ptr<PictureFolders> folders_;
  mutable std::optional<Folded> folded_;
  std::optional<std::unordered_set<std::string_view>> given_;  ///< nullopt: the root is
};

}  // namespace dew::exchange
