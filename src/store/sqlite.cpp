// SQLite behind Connection: its result codes become errors with a next step.
#include "store/sqlite.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace dew::store {
namespace {

constexpr int kPatienceMilliseconds = 3000;
constexpr int64_t kApplication = 0x44455744;  // "DEWD", PRAGMA application_id

bool no_room(int system_error) {
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

tl::unexpected<Error> disk_full(const std::string& where) {
  return work_error("the disk is full: this step was not saved, everything before it was", where,
                    "free some space on that disk, then run the same command again");
}

tl::unexpected<Error> tell(int code, int system_error, const std::string& words, const std::string& where) {
  const std::string restore =
      "restore the folder .dewdrop from a backup, or rescue what is readable: sqlite3 " + where +
      " .recover > rescued.sql";
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return work_error("the project is locked by another process", where,
                        "wait for the other dewdrop to finish, or stop it; then run the same command again");
    case SQLITE_FULL:
      return disk_full(where);
    case SQLITE_IOERR:
      if (no_room(system_error)) return disk_full(where);
      return work_error("the project's database cannot be read or written: " +
                            (system_error != 0 ? std::string(std::strerror(system_error)) : words),
                        where, "check that the disk works and that it and your quota have room");
    case SQLITE_CORRUPT:
      return work_error("the project's database is damaged (" + words + ")", where, restore);
    case SQLITE_NOTADB:
      return work_error("the project's database is damaged: it is not an SQLite file", where, restore);
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return work_error("there is no permission to write to the project", where,
                        "check who may write in the folder .dewdrop");
    case SQLITE_CANTOPEN:
      if (no_room(system_error)) return disk_full(where);
      return work_error("the project's database cannot be opened", where,
                        "check that the folder .dewdrop is there and who may read and write it");
    case SQLITE_CONSTRAINT:
      return work_error("the project's database rejects this change: " + words, where);
    case SQLITE_NOMEM:
      return work_error("out of memory in the project's database", where);
    default:
      return work_error("the project's database failed: " + words, where);
  }
}

class SqliteConnection;

class SqliteStatement : public Prepared {
 public:
  SqliteStatement(const SqliteConnection& connection, sqlite3_stmt* statement)
      : connection_(connection), statement_(statement) {}
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;
  ~SqliteStatement() override { sqlite3_finalize(statement_); }

  void bind(int64_t value) override { bound(sqlite3_bind_int64(statement_, ++bound_, value)); }
  void bind(double value) override { bound(sqlite3_bind_double(statement_, ++bound_, value)); }
  void bind(std::string_view value) override {
    // A null pointer would bind NULL, also for an empty text.
    const char* bytes = value.empty() ? "" : value.data();
    bound(sqlite3_bind_text64(statement_, ++bound_, bytes, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  void bind_null() override { bound(sqlite3_bind_null(statement_, ++bound_)); }

  Result<bool> step() override;
  Result<void> queue() override;
  Result<int64_t> settle() override { return std::exchange(queued_changes_, 0); }
  void reset() override {
    sqlite3_reset(statement_);
    bound_ = 0;
  }

  [[nodiscard]] bool is_null(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  [[nodiscard]] int64_t integer(int column) const override {
    return sqlite3_column_int64(statement_, column);
  }
  [[nodiscard]] double real(int column) const override { return sqlite3_column_double(statement_, column); }
  [[nodiscard]] std::string text(int column) const override {
    const unsigned char* bytes = sqlite3_column_text(statement_, column);
    if (bytes == nullptr) return {};
    return {reinterpret_cast<const char*>(bytes),
            static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  static void bound([[maybe_unused]] int code) { assert(code == SQLITE_OK); }

  const SqliteConnection& connection_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
  int64_t queued_changes_ = 0;
};

void give_now(sqlite3_context* context, int, sqlite3_value**) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  sqlite3_result_int64(context, std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

class SqliteConnection : public Connection {
 public:
  SqliteConnection(sqlite3* connection, fs::path path) : connection_(connection), path_(std::move(path)) {}
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;
  ~SqliteConnection() override { sqlite3_close_v2(connection_); }

  Result<void> begin(Writing writing) override {
    return run(writing == Writing::kNothing ? "BEGIN" : "BEGIN IMMEDIATE");
  }
  Result<void> run(const std::string& statements) override {
    const int code = sqlite3_exec(connection_, statements.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return error(code);
    return {};
  }
  Result<std::unique_ptr<Prepared>> prepare(std::string_view statement) override {
    constexpr std::string_view kSkip = "FOR UPDATE SKIP LOCKED";
    std::string own(statement);
    if (const size_t at = own.find(kSkip); at != std::string::npos) own.erase(at, kSkip.size());
    sqlite3_stmt* prepared = nullptr;
    const int code =
        sqlite3_prepare_v2(connection_, own.data(), static_cast<int>(own.size()), &prepared, nullptr);
    if (code != SQLITE_OK) return error(code);
    return std::make_unique<SqliteStatement>(*this, prepared);
  }
  [[nodiscard]] int64_t changes() const override { return sqlite3_changes64(connection_); }
  [[nodiscard]] bool lost() const override { return false; }
  [[nodiscard]] std::string place() const override { return path_.string(); }

  Result<int64_t> steps_taken() override { return pragma("user_version"); }
  Result<void> take_step(const std::string& statements, int64_t number) override {
    DEW_CHECK(run(statements));
    return run("PRAGMA user_version = " + std::to_string(number));
  }

  Result<int64_t> pragma(const std::string& name) {
    DEW_TRY(const auto statement, prepare("PRAGMA " + name));
    DEW_TRY(const bool row, statement->step());
    return row ? statement->integer(0) : 0;
  }
  [[nodiscard]] tl::unexpected<Error> error(int code) const {
    if (connection_ == nullptr) return tell(SQLITE_NOMEM, 0, {}, path_.string());
    return tell(code, sqlite3_system_errno(connection_), sqlite3_errmsg(connection_), path_.string());
  }

 private:
  sqlite3* connection_;
  fs::path path_;
};

Result<bool> SqliteStatement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  const auto error = connection_.error(code);
  reset();
  return error;
}

Result<void> SqliteStatement::queue() {
  DEW_TRY([[maybe_unused]] const bool row, step());
  assert(!row);
  queued_changes_ += connection_.changes();
  return {};
}

/// Whether the file lies where nobody here may write, with nothing in a log that is still to be read. SQLite
/// opens a file in WAL mode there only as one that never changes.
bool stands_still(const fs::path& path) {
  if (::faccessat(AT_FDCWD, path.parent_path().c_str(), W_OK, AT_EACCESS) == 0) return false;
  std::error_code absent;
  const uintmax_t log = fs::file_size(path.string() + "-wal", absent);
  return absent || log == 0;
}

/// The path as SQLite's URI, https://www.sqlite.org/uri.html
std::string unchanging_uri(const fs::path& path) {
  std::string uri = "file:";
  for (const char c : path.string())
    uri += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02x}", c) : std::string(1, c);
  return uri + "?immutable=1";
}

Result<std::unique_ptr<SqliteConnection>> connect(const fs::path& path, int flags) {
  sqlite3* handle = nullptr;
  const bool still = flags == 0 && stands_still(path);
  const int open = still ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE | flags;
  const int code = sqlite3_open_v2(still ? unchanging_uri(path).c_str() : path.c_str(), &handle,
                                   open | SQLITE_OPEN_FULLMUTEX, nullptr);
  auto connection = std::make_unique<SqliteConnection>(handle, path);
  if (code != SQLITE_OK) return connection->error(code);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kPatienceMilliseconds);
  const int made =
      sqlite3_create_function(handle, "now_ms", 0, SQLITE_UTF8, nullptr, give_now, nullptr, nullptr);
  if (made != SQLITE_OK) return connection->error(made);
  return connection;
}

}  // namespace

Result<Database> create_sqlite(const fs::path& path) {
  DEW_TRY(auto connection, connect(path, SQLITE_OPEN_CREATE));
  DEW_CHECK(connection->run("PRAGMA journal_mode = WAL"));
  DEW_CHECK(connection->run("PRAGMA application_id = " + std::to_string(kApplication)));
  return Database(std::move(connection));
}

Result<Database> open_sqlite(const fs::path& path) {
  DEW_TRY(auto connection, connect(path, 0));
  DEW_TRY(const int64_t application, connection->pragma("application_id"));
  DEW_TRY(const int64_t steps, connection->steps_taken());
  if (application != kApplication || steps < 1)
    return work_error("the project's database is damaged or not Dewdrop's", path.string(),
                      "restore the folder .dewdrop from a backup");
  // FULL: an answer that was paid for outlasts a power cut.
  DEW_CHECK(connection->run("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON"));
  return Database(std::move(connection));
}

}  // namespace dew::store
