// An open project: opening it, and reading its sources and samples.
#include <sys/stat.h>

#include "store/inside.h"
#include "store/postgres.h"
#include "store/schema.h"
#include "store/sqlite.h"

namespace dew {

using store::Statement;

Project::Project(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Project::Project(Project&&) noexcept = default;
Project& Project::operator=(Project&&) noexcept = default;
Project::~Project() = default;

const Settings& Project::settings() const {
  return inside_->settings;
}
const fs::path& Project::folder() const {
  return inside_->folder;
}

namespace {

Result<store::Database> open_here(const fs::path& path) {
  std::error_code code;
  if (!fs::is_regular_file(path, code))
    return work_error(
        "the project's database is missing", path.string(),
        "restore the folder .dewdrop from a backup; or keep dewdrop.toml elsewhere, make the project anew "
        "with `dewdrop new` and add the pictures again");
  return store::open_sqlite(path);
}

Result<store::Database> open_there(const std::string& url) {
  DEW_TRY(store::Database database, store::open_postgres(url));
  DEW_TRY(const int64_t steps, database.steps_taken());
  if (steps == 0)
    return work_error(
        "there is no project in that database", database.place(),
        "correct `store` in dewdrop.toml, or create a project there: dewdrop new <folder> --store ...");
  return database;
}

}  // namespace

Result<Settings> store::read_settings(const fs::path& project) {
  std::error_code code;
  const fs::path toml = settings_path(project);
  if (!fs::is_regular_file(toml, code))
    return usage_error(
        "this is not a Dewdrop project: it has no dewdrop.toml", project.string(),
        "go to a project's folder, or create one: dewdrop new <folder> --ask \"...\" --classes yes,no");
  DEW_TRY(const std::string text, read_file(toml, int64_t{1} << 20));
  return parse_settings(text, toml.string());
}

Result<store::Database> store::open_database(const fs::path& project, const Settings& settings) {
  DEW_TRY(Database database,
          settings.store.empty() ? open_here(database_path(project)) : open_there(settings.store));
  DEW_CHECK(update_schema(database));
  return database;
}

Result<Project> Project::open(const fs::path& folder) {
  DEW_TRY(Settings settings, store::read_settings(folder));
  DEW_TRY(store::Database database, store::open_database(folder, settings));
  return Project(std::make_unique<Inside>(folder, std::move(settings), std::move(database)));
}

std::optional<store::FileStamp> store::stamp_of(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  constexpr int64_t kNanoseconds = 1'000'000'000;
  return FileStamp{status.st_size, status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec};
}

std::string store::list_of(const std::vector<int64_t>& ids) {
  std::string list;
  for (const int64_t id : ids) {
    if (!list.empty()) list += ',';
    list += std::to_string(id);
  }
  return list;
}

namespace {

constexpr const char* kSourceColumns =
    "SELECT id, name, sha256, path, bytes, modified, kind, width, height, frames, frames_per_second, "
    "validation_from, test_from FROM sources ";

store::StoredSource source_of(const Statement& row, const fs::path& media) {
  store::StoredSource stored;
  stored.source.id = row.integer(0);
  stored.source.name = row.text(1);
  stored.source.sha256 = row.text(2);
  stored.stored_path = row.text(3);
  stored.source.path = store::path_of(media, stored.stored_path);
  stored.stamp = {row.integer(4), row.integer(5)};
  stored.source.info.kind = row.text(6) == "video" ? MediaKind::kVideo : MediaKind::kImage;
  stored.source.info.width = static_cast<int>(row.integer(7));
  stored.source.info.height = static_cast<int>(row.integer(8));
  stored.source.info.frames = row.integer(9);
  stored.source.info.frames_per_second = row.real(10);
  stored.split = {row.integer(11), row.integer(12)};
  return stored;
}

}  // namespace

Result<std::vector<store::StoredSource>> store::read_sources(Database& database, const fs::path& media,
                                                             int64_t after, int64_t most) {
  DEW_TRY(Statement query,
          database.prepare(std::string(kSourceColumns) + "WHERE id > ? ORDER BY id LIMIT ?"));
  query.bind(after).bind(most);
  std::vector<StoredSource> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    found.push_back(source_of(query, media));
  }
}

Result<store::SourceByHash> store::SourceByHash::prepare(Database& database, const fs::path& media) {
  DEW_TRY(Statement query, database.prepare(std::string(kSourceColumns) + "WHERE sha256 = ?"));
  return SourceByHash(std::move(query), media);
}

Result<std::optional<store::StoredSource>> store::SourceByHash::find(const std::string& sha256) {
  query_.bind(sha256);
  DEW_TRY(const bool row, query_.step());
  if (!row) return std::nullopt;
  auto found = source_of(query_, media_);
  query_.reset();
  return found;
}

Result<std::vector<Source>> Project::sources() const {
  DEW_TRY(auto stored, store::read_sources(inside_->database, inside_->media));
  std::vector<Source> found;
  found.reserve(stored.size());
  for (auto& one : stored) found.push_back(std::move(one.source));
  return found;
}

Result<std::vector<Source>> Project::sources_after(int64_t id, int64_t most) const {
  DEW_TRY(auto stored, store::read_sources(inside_->database, inside_->media, id, most));
  std::vector<Source> found;
  found.reserve(stored.size());
  for (auto& one : stored) found.push_back(std::move(one.source));
  return found;
}

Result<std::vector<Origin>> Project::origins() const {
  DEW_TRY(Statement query,
          inside_->database.prepare("SELECT source, name, path FROM origins ORDER BY source, path, name"));
  std::vector<Origin> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    found.push_back({query.integer(0), query.text(1), fs::path(query.text(2))});
  }
}

namespace {

constexpr const char* kSampleColumns =
    "SELECT id, source, name, frame, x, y, width, height, split FROM samples AS s ";
// SQLite's default order of NULL, which PostgreSQL has to be told.
constexpr const char* kSampleOrder =
    " ORDER BY source, frame NULLS FIRST, y NULLS FIRST, x NULLS FIRST, height NULLS FIRST, width NULLS "
    "FIRST, id";

Sample sample_of(const Statement& row) {
  Sample sample;
  sample.id = row.integer(0);
  sample.source = row.integer(1);
  sample.name = row.text(2);
  if (!row.is_null(3)) sample.frame = row.integer(3);
  if (!row.is_null(4))
    sample.region = Rect{static_cast<int>(row.integer(4)), static_cast<int>(row.integer(5)),
                         static_cast<int>(row.integer(6)), static_cast<int>(row.integer(7))};
  sample.split = static_cast<Split>(row.integer(8));
  return sample;
}

Result<std::vector<Sample>> read_samples(Statement query) {
  std::vector<Sample> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    found.push_back(sample_of(query));
  }
}

}  // namespace

Result<std::vector<Sample>> Project::samples() const {
  DEW_TRY(Statement query, inside_->database.prepare(std::string(kSampleColumns) + kSampleOrder));
  return read_samples(std::move(query));
}

Result<std::vector<Sample>> Project::samples_of(const std::vector<int64_t>& sources) const {
  if (sources.empty()) return std::vector<Sample>();
  DEW_TRY(Statement query, inside_->database.prepare(std::string(kSampleColumns) + "WHERE source IN (" +
                                                     store::list_of(sources) + ")" + kSampleOrder));
  return read_samples(std::move(query));
}

Result<int64_t> Project::count_samples() const {
  return inside_->database.integer("SELECT count(*) FROM samples");
}

Result<std::vector<Sample>> Project::samples_without_answer(const std::string& teacher,
                                                            const std::string& model,
                                                            const std::string& prompt_hash) const {
  DEW_TRY(Statement query,
          inside_->database.prepare(
              std::string(kSampleColumns) +
              "WHERE NOT EXISTS (SELECT 1 FROM answers WHERE sample = s.id AND teacher = ? AND "
              "model = ? AND prompt_hash = ?)" +
              kSampleOrder));
  query.bind(teacher).bind(model).bind(prompt_hash);
  return read_samples(std::move(query));
}

}  // namespace dew
