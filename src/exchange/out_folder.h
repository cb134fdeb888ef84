// A folder that is being written, and goes into its place once it is whole.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "base/base.h"
#include "base/hash.h"
#include "base/passing_folder.h"

namespace dew::exchange {

/// A text file of any length. Failures are kept until close(), which tells the first one.
class TextFile {
 public:
  TextFile(fs::path path, FilePtr file) : path_(std::move(path)), file_(std::move(file)) {}
  void add(std::string_view text);
  Result<void> close();

 private:
  fs::path path_;
  FilePtr file_;
  int failure_ = 0;  ///< errno
};

class OutFolder;

/// Text that stands behind other text in one file, and is known before that one is whole.
class WaitingText {
 public:
  static Result<WaitingText> create(const OutFolder& folder);
  void add(std::string_view text) { file_.add(text); }
  /// All of it, at the end of `file`.
  Result<void> pour_into(TextFile& file);

 private:
  WaitingText(fs::path path, TextFile file) : path_(std::move(path)), file_(std::move(file)) {}
  fs::path path_;
  TextFile file_;
};

/// Paths in it have '/'; folders are made as they are needed.
class OutFolder {
 public:
  /// create()'s errors about `place`.
  static Result<void> check(const fs::path& place);
  /// Beside `place`, which must not exist or be an empty folder; folders above it are made. What a
  /// killed export left beside it is removed.
  static Result<OutFolder> create(const fs::path& place);
  OutFolder(OutFolder&&) noexcept = default;
  OutFolder& operator=(OutFolder&&) = delete;
  ~OutFolder();

  Result<void> write(const std::string& path, std::string_view bytes);
  Result<void> copy(const fs::path& from, const std::string& path);
  /// SHA-256 of a file that was written.
  [[nodiscard]] Result<std::string> hash_of(const std::string& path) const {
    return sha256_file(root() / path);
  }
  Result<TextFile> text(const std::string& path);
  /// The name that the folder will have.
  [[nodiscard]] std::string name() const { return place_.filename().string(); }
  /// Everything is on the disk and in its place.
  Result<void> commit();

 private:
  OutFolder(fs::path place, fs::path made_above, PassingFolder own)
      : place_(std::move(place)), made_above_(std::move(made_above)), own_(std::move(own)) {}
  /// Where files are until commit(): inside `own_`, which nobody else may read.
  [[nodiscard]] fs::path root() const { return own_.path() / "export"; }
  friend class WaitingText;
  Result<fs::path> path_for(const std::string& path);

  fs::path place_;
  fs::path made_above_;  ///< the first folder above `place_` that was made for it; empty: all were there
  PassingFolder own_;
  std::unordered_set<std::string> folders_;  ///< that exist
};

}  // namespace dew::exchange
