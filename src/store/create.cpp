// A new project: built beside its place, moved there when it is whole.
#include "store/inside.h"
#include "store/postgres.h"
#include "store/schema.h"
#include "store/settings.h"
#include "store/sqlite.h"

namespace dew {
namespace {

/// On a server. A schema that holds a project without samples is as good as a new one.
Result<store::Database> empty_database(const std::string& url) {
  DEW_TRY(store::Database database, store::open_postgres(url));
  DEW_TRY(const int64_t steps, database.steps_taken());
  if (steps == 0) return database;
  DEW_TRY(const int64_t sources, database.integer("SELECT count(*) FROM sources"));
  if (sources == 0) return database;
  return usage_error(
      "there is already a Dewdrop project in that database", database.place(),
      "to work on it from here, copy its dewdrop.toml into a folder; or name another database");
}

Result<void> fill(const fs::path& folder, const Settings& settings) {
  DEW_CHECK(make_folders(store::inner_folder(folder) / "media"));
  {
    DEW_TRY(store::Database database, settings.store.empty()
                                          ? store::create_sqlite(store::database_path(folder))
                                          : empty_database(settings.store));
    DEW_CHECK(store::update_schema(database));
  }
  return write_file(store::settings_path(folder), to_toml(settings));
}

Result<void> move(const fs::path& from, const fs::path& to) {
  std::error_code code;
  fs::rename(from, to, code);
  if (!code) return {};
  return work_error("cannot create the project: " + code.message(), to.string(),
                    "check the permissions there");
}

/// A folder that does not exist yet appears by one rename.
Result<void> create_absent(const fs::path& folder, const Settings& settings) {
  DEW_CHECK(make_folders(folder.parent_path()));
  DEW_TRY(TemporaryFolder built,
          TemporaryFolder::create_in(folder.parent_path(), "." + folder.filename().string() + "."));
  DEW_CHECK(fill(built.path(), settings));
  std::error_code ignored;
  fs::permissions(built.path(), fs::perms(0755), ignored);  // mkdtemp makes it private
  DEW_CHECK(move(built.path(), folder));
  built.release();
  return {};
}

/// An empty folder is filled in place (it may be a mount point, or the user's working directory);
/// dewdrop.toml, which makes it a project, comes last.
Result<void> create_in_empty(const fs::path& folder, const Settings& settings) {
  DEW_TRY(const TemporaryFolder built, TemporaryFolder::create_in(folder, ".dewdrop."));
  DEW_CHECK(fill(built.path(), settings));
  DEW_CHECK(move(store::inner_folder(built.path()), store::inner_folder(folder)));
  auto moved = move(store::settings_path(built.path()), store::settings_path(folder));
  std::error_code ignored;
  if (!moved) fs::remove_all(store::inner_folder(folder), ignored);
  return moved;
}

}  // namespace

Result<Project> Project::create(const fs::path& folder, const Settings& settings) {
  if (const auto problem = store::find_problem(settings))
    return usage_error(problem->what, {}, problem->next);
  std::error_code code;
  fs::path place = fs::absolute(folder, code).lexically_normal();
  if (!place.has_filename()) place = place.parent_path();
  if (folder.empty() || !place.has_filename())
    return usage_error("a project needs its own folder", folder.string(), "name one that does not exist yet");
  const fs::file_status status = fs::status(place, code);
  if (!fs::exists(status)) {
    DEW_CHECK(create_absent(place, settings));
  } else if (!fs::is_directory(status)) {
    return usage_error("a file of that name already exists", folder.string(), "choose another folder");
  } else if (fs::exists(store::settings_path(place), code)) {
    return usage_error("there is already a Dewdrop project in that folder", folder.string(),
                       "use it as it is, or choose another folder");
  } else if (!fs::is_empty(place, code)) {
    return usage_error("the folder is not empty", folder.string(),
                       "choose an empty one, or one that does not exist yet");
  } else {
    DEW_CHECK(create_in_empty(place, settings));
  }
  return open(folder);
}

}  // namespace dew
