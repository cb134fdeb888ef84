// A project in a folder of its own, and a way to look into its database behind its back.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"
#include "tests/media/samples.h"
#include "tests/support/postgres.h"

namespace dew::testing {

inline Settings person() {
  Settings settings;
  settings.name = "person";
  settings.question = "Is there a person in this picture?";
  settings.classes = {"yes", "no"};
  settings.unsure = "unsure";
  return settings;
}

/// Runs SQL on a database of its own connection; SQLite's result code.
inline int run_sql(const fs::path& database, const std::string& sql) {
  sqlite3* connection = nullptr;
  sqlite3_open(database.c_str(), &connection);
  const int code = sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr);
  sqlite3_close(connection);
  return code;
}

inline int64_t sql_integer(const fs::path& database, const std::string& query) {
  sqlite3* connection = nullptr;
  sqlite3_stmt* statement = nullptr;
  sqlite3_open(database.c_str(), &connection);
  sqlite3_prepare_v2(connection, query.c_str(), -1, &statement, nullptr);
  const int64_t value = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
  sqlite3_finalize(statement);
  sqlite3_close(connection);
  return value;
}

/// The same tests run a second time over PostgreSQL: with DEWDROP_TEST_STORE=postgresql.
inline bool over_postgres() {
  const char* store = std::getenv("DEWDROP_TEST_STORE");
  return store != nullptr && std::string_view(store) == "postgresql" && PostgresServer::shared() != nullptr;
}

/// In a new and empty schema of the server, when that is under test.
inline Settings in_store(Settings settings) {
  if (over_postgres()) settings.store = PostgresServer::shared()->fresh_url();
  return settings;
}

class InProject : public ::testing::Test {
 protected:
  TemporaryFolder temporary_ = *TemporaryFolder::create();
  fs::path folder_ = temporary_.path() / "person";
  Settings settings_ = in_store(person());
  Project project_ = *Project::create(folder_, settings_);
  Watch watch_;

  /// A file beside the project.
  fs::path file(const std::string& name, const std::string& bytes) {
    const fs::path path = temporary_.path() / name;
    EXPECT_TRUE(write_file(path, bytes));
    return path;
  }
  fs::path picture_file(const std::string& name, unsigned seed = 1) {
    return file(name, encode_png(noise(64, 48, seed)));
  }
  fs::path video_file(const std::string& name, int frames) {
    const fs::path path = temporary_.path() / name;
    write_video(path, frames);
    return path;
  }
  Result<Added> add(const fs::path& path, const Cut& cut = {}) {
    return project_.add(path, path.filename().string(), cut, watch_);
  }
  /// The names of all samples, in order.
  std::vector<std::string> names() {
    std::vector<std::string> found;
    const auto samples = project_.samples();
    for (const Sample& sample : *samples) found.push_back(sample.name);
    return found;
  }
  [[nodiscard]] fs::path database() const { return folder_ / ".dewdrop" / "project.db"; }
  /// Behind the project's back: whether it was refused for what the data must keep to.
  [[nodiscard]] bool sql_is_refused(const std::string& sql) const {
    if (over_postgres()) return PostgresServer::shared()->run(sql) == "23000";
    return run_sql(database(), sql) == SQLITE_CONSTRAINT;
  }
  [[nodiscard]] int64_t sql_integer(const std::string& query) const {
    if (over_postgres()) return PostgresServer::shared()->integer(query);
    return testing::sql_integer(database(), query);
  }
  [[nodiscard]] size_t media_files() const {
    const fs::directory_iterator all(folder_ / ".dewdrop" / "media");
    return static_cast<size_t>(std::distance(all, fs::directory_iterator()));
  }
};

}  // namespace dew::testing
