#include "store/origins.h"

#include <chrono>

namespace dew::store {
namespace {

constexpr size_t kLongestPath = 1500;  // that an index of PostgreSQL takes together with a name

/// "B/IMG_0001.jpg" from "IMG_0001.jpg" at /home/ada/B/IMG_0001.jpg; empty: there is no folder before it.
std::string with_one_more_folder(const std::string& name, const std::string& path) {
  if (!path.ends_with("/" + name)) return {};
  const size_t slash = path.size() - name.size() - 1;
  if (slash == 0) return {};
  return path.substr(path.rfind('/', slash - 1) + 1);
}

/// A file that was written to just now may be written to again without another time.
int64_t trusted_time(const FileStamp& stamp) {
  constexpr int64_t kSettled = 2'000'000'000;  // nanoseconds; the coarsest file systems count two seconds
  const int64_t now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  return now - stamp.modified > kSettled ? stamp.modified : 0;
}

/// Whether a path can be kept: text, and not too long for an index.
bool is_kept(const fs::path& path) {
  return path.string().size() <= kLongestPath && is_utf8(path.string());
}

/// Whether the query, its parameters bound, has a row.
Result<bool> has_row(Statement& query) {
  DEW_TRY(const bool row, query.step());
  query.reset();
  return row;
}

}  // namespace

Result<Origins> Origins::prepare(Database& database) {
  DEW_TRY(Statement unchanged, database.prepare("SELECT s.sha256 FROM origins AS o JOIN sources AS s ON "
                                                "s.id = o.source WHERE o.path = ? AND o.bytes = ? AND "
                                                "o.modified = ?"));
  DEW_TRY(Statement taken, database.prepare("SELECT 1 FROM sources WHERE name = ?1 UNION ALL "
                                            "SELECT 1 FROM origins WHERE name = ?1"));
  DEW_TRY(Statement replaced, database.prepare("SELECT 1 FROM origins WHERE path = ?"));
  DEW_TRY(Statement remember,
          database.prepare("INSERT INTO origins (path, name, source, bytes, modified) VALUES (?, ?, ?, ?, ?) "
                           "ON CONFLICT (path, name) DO UPDATE SET source = excluded.source, "
                           "bytes = excluded.bytes, modified = excluded.modified "
                           "WHERE origins.source <> excluded.source OR origins.bytes <> excluded.bytes OR "
                           "origins.modified <> excluded.modified"));
  return Origins({std::move(unchanged), std::move(taken), std::move(replaced), std::move(remember)});
}

Result<std::optional<std::string>> Origins::sha256_of_unchanged(const fs::path& path,
                                                                const FileStamp& stamp) {
  if (!is_kept(path)) return std::nullopt;
  Statement& query = statements_.unchanged;
  query.bind(path.string()).bind(stamp.bytes).bind(stamp.modified);
  DEW_TRY(const bool found, query.step());
  if (!found) return std::nullopt;
  std::string sha256 = query.text(0);
  query.reset();
  return sha256;
}

/// Whether another file goes by the name, in the project or where it came from.
Result<bool> Origins::is_taken(const std::string& name) {
  statements_.taken.bind(name);
  return has_row(statements_.taken);
}

/// Whether other bytes were added from the same place: then no folder tells the two apart.
Result<bool> Origins::replaced_another(const fs::path& path) {
  statements_.replaced.bind(path.string());
  return has_row(statements_.replaced);
}

Result<std::string> Origins::free_name(const std::string& name, const fs::path& path,
                                       const std::string& sha256) {
  DEW_TRY(const bool short_is_taken, is_taken(name));
  if (!short_is_taken) return name;
  bool folders_tell = is_utf8(path.string());
  if (folders_tell) {
    DEW_TRY(const bool replaced, replaced_another(path));
    folders_tell = !replaced;
  }
  for (std::string longer = folders_tell ? with_one_more_folder(name, path.string()) : "";
       !longer.empty() && longer.size() <= kLongestName;
       longer = with_one_more_folder(longer, path.string())) {
    DEW_TRY(const bool taken, is_taken(longer));
    if (!taken) return longer;
  }
  const fs::path as_path(name);
  const std::string stem = (as_path.parent_path() / as_path.stem()).string();
  for (const size_t digits : {8, 16, 64}) {
    std::string hashed = stem + "-" + sha256.substr(0, digits) + as_path.extension().string();
    DEW_TRY(const bool taken, is_taken(hashed));
    if (!taken) return hashed;
  }
  return work_error("every name that this file could get is taken by another file", name, "rename the file");
}

Result<void> Origins::remember(int64_t source, const fs::path& path, const std::string& name,
                               const FileStamp& stamp) {
  if (!is_kept(path)) return {};
  statements_.remember.bind(path.string()).bind(name).bind(source);
  statements_.remember.bind(stamp.bytes).bind(trusted_time(stamp));
  return statements_.remember.run();
}

}  // namespace dew::store
