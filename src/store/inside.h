// inside: the state of an open project, shared by the files of this room.
#pragma once

#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "media/media.h"
#include "store/bucket.h"
#include "store/bucket_address.h"
#include "store/database.h"
#include "store/split.h"
#include "store/store.h"

namespace dew {

namespace store {

inline fs::path inner_folder(const fs::path& project) {
  return project / ".dewdrop";
}
inline fs::path settings_path(const fs::path& project) {
  return project / "dewdrop.toml";
}
inline fs::path database_path(const fs::path& project) {
  return inner_folder(project) / "project.db";
}

/// Where the originals are; with a bucket, the local copies of what is in it.
inline fs::path media_folder(const fs::path& project, const Settings& settings) {
  return settings.media.empty() || is_bucket(settings.media) ? inner_folder(project) / "media"
                                                             : fs::path(settings.media);
}

/// What larger pictures and frames are refused by.
inline MediaLimits limits_of(const Settings& settings) {
  constexpr int64_t kMega = 1'000'000;
  MediaLimits limits;
  limits.max_pixels = settings.largest_picture * kMega;
  return limits;
}

/// Size and time of a file; nullopt: there is no file.
struct FileStamp {
  int64_t bytes = 0;
  int64_t modified = 0;  ///< nanoseconds
  bool operator==(const FileStamp&) const = default;
};
std::optional<FileStamp> stamp_of(const fs::path& path);

/// Where a source's file is, from the path in the database.
inline fs::path path_of(const fs::path& media, const std::string& stored) {
  constexpr std::string_view kInside = "media/";
  return stored.starts_with(kInside) ? media / stored.substr(kInside.size()) : fs::path(stored);
}

/// A source as it is in the database.
struct StoredSource {
  Source source;
  std::string
      stored_path;  ///< "media/..." in the media folder, or absolute where the original is referred to
  FileStamp stamp;  ///< of the file when it was added: while it is the same, the file need not be hashed
  SplitPoints split;
  [[nodiscard]] bool in_place() const { return fs::path(stored_path).is_absolute(); }
};

/// dewdrop.toml of the project. Error (usage): there is none, or it does not parse.
Result<Settings> read_settings(const fs::path& project);

/// The project's database, wherever the settings say, with the newest schema.
Result<Database> open_database(const fs::path& project, const Settings& settings);

/// A class outside the list cannot become data.
Result<void> check_answer(const Answer& answer, const Settings& settings);
Result<void> insert_answers(Database& database, const std::vector<Answer>& answers);
Result<void> update_bill(Database& database, const Bill& bill);

/// "1,2,3", for IN (...).
std::string list_of(const std::vector<int64_t>& ids);

/// Sources in the order they came: `most` of them behind the one with the id `after`.
Result<std::vector<StoredSource>> read_sources(Database& database, const fs::path& media, int64_t after = 0,
                                               int64_t most = std::numeric_limits<int64_t>::max());

/// Finds the source with a hash. Its statement is prepared once, for many files.
class SourceByHash {
 public:
  static Result<SourceByHash> prepare(Database& database, const fs::path& media);
  Result<std::optional<StoredSource>> find(const std::string& sha256);

 private:
  SourceByHash(Statement query, fs::path media) : query_(std::move(query)), media_(std::move(media)) {}
  Statement query_;
  fs::path media_;
};

/// What picture() read last, so that reading one sample after the other of a file costs one pass.
struct Cursor {
  int64_t source = 0;
  std::optional<VideoReader> video;
  Image image;  ///< the still picture; unused for videos
};

}  // namespace store

struct Project::Inside {
  Inside(fs::path project_folder, Settings project_settings, store::Database project_database)
      : folder(std::move(project_folder)),
        settings(std::move(project_settings)),
        database(std::move(project_database)) {}

  fs::path folder;
  Settings settings;
  fs::path media = store::media_folder(folder, settings);
  store::Database database;
  std::mutex reading;                            ///< guards what is below
  std::map<int64_t, store::StoredSource> known;  ///< sources looked up of late: see readable_source()
  std::map<int64_t, store::FileStamp> verified;  ///< files found unchanged since this project was opened
  std::optional<store::Cursor> cursor;

  std::optional<store::Bucket> opened_bucket;  ///< see bucket()

  /// The source, its file checked: there, and the same as when it was added; fetched where media are in a
  /// bucket. Call with `reading` locked.
  Result<const store::StoredSource*> readable_source(int64_t id, const Watch& watch);
  Result<store::FileStamp> fetch(const store::StoredSource& stored, const Watch& watch);

  [[nodiscard]] bool has_bucket() const { return store::is_bucket(settings.media); }
  /// Opened when it is first needed: many commands need no keys.
  Result<store::Bucket*> bucket();
};

}  // namespace dew
