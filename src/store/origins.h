// Where the bytes of sources came from, and the names that sources get by that.
#pragma once

#include <optional>
#include <string>

#include "store/inside.h"

namespace dew::store {

constexpr size_t kLongestName = 1000;  // of a source, bytes

/// The table of origins, and the rule for names. Its statements are prepared once, for many files.
class Origins {
 public:
  static Result<Origins> prepare(Database& database);

  /// The hash of the source that the file at `path` was found to be, if it has the same size and time still.
  Result<std::optional<std::string>> sha256_of_unchanged(const fs::path& path, const FileStamp& stamp);

  /// The name, with folders before it or with some of the hash in it where another file goes by that name.
  Result<std::string> free_name(const std::string& name, const fs::path& path, const std::string& sha256);

  /// Remembers where a source came from.
  Result<void> remember(int64_t source, const fs::path& path, const std::string& name,
                        const FileStamp& stamp);

 private:
  struct Statements {
    Statement unchanged;
    Statement taken;
    Statement replaced;
    Statement remember;
  };
  explicit Origins(Statements statements) : statements_(std::move(statements)) {}
  Result<bool> is_taken(const std::string& name);
  Result<bool> replaced_another(const fs::path& path);

  Statements statements_;
};

}  // namespace dew::store
