// SQLite's result codes become errors with a next step.
#include "store/sqlite.h"

#include <sqlite3.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

namespace dew::store {
namespace {

constexpr int kPatienceMilliseconds = 3000;

bool no_room(int system_error) {
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

tl::unexpected<Error> disk_full(const std::string& where) {
  return work_error("the disk is full: nothing of this step was saved, everything before it is", where,
                    "free some space on that disk, then run the same command again");
}

tl::unexpected<Error> tell(int code, int system_error, const std::string& words, const std::string& where) {
  const std::string restore = "put back a copy of the folder .dewdrop, or rescue what is readable: sqlite3 " +
                              where + " .recover > rescued.sql";
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return work_error("the project is locked by another process", where,
                        "let the other dewdrop end (or stop it), then run the same command again");
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
      return work_error("the project may not be written to", where,
                        "check who may write in the folder .dewdrop");
    case SQLITE_CANTOPEN:
      if (no_room(system_error)) return disk_full(where);
      return work_error("the project's database cannot be opened", where,
                        "check that the folder .dewdrop is there and who may read and write it");
    case SQLITE_CONSTRAINT:
      return work_error("the project's database refuses this: " + words, where);
    case SQLITE_NOMEM:
      return work_error("out of memory in the project's database", where);
    default:
      return work_error("the project's database failed: " + words, where);
  }
}

}  // namespace

// ---- Statement

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      bound_(std::exchange(other.bound_, 0)) {}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

Statement& Statement::bind(int64_t value) {
  [[maybe_unused]] const int code = sqlite3_bind_int64(statement_, ++bound_, value);
  assert(code == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(double value) {
  [[maybe_unused]] const int code = sqlite3_bind_double(statement_, ++bound_, value);
  assert(code == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(std::string_view value) {
  // A null pointer would bind NULL, also for an empty text.
  const char* bytes = value.empty() ? "" : value.data();
  [[maybe_unused]] const int code =
      sqlite3_bind_text64(statement_, ++bound_, bytes, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  assert(code == SQLITE_OK);
  return *this;
}

Statement& Statement::bind_null() {
  [[maybe_unused]] const int code = sqlite3_bind_null(statement_, ++bound_);
  assert(code == SQLITE_OK);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  const auto error = database_->error(code);
  reset();
  return error;
}

void Statement::reset() {
  sqlite3_reset(statement_);
  bound_ = 0;
}

Result<void> Statement::run() {
  DEW_TRY([[maybe_unused]] const bool row, step());
  assert(!row);
  return {};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}
double Statement::real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string Statement::text(int column) const {
  const unsigned char* bytes = sqlite3_column_text(statement_, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

// ---- Database

Result<Database> Database::open(const fs::path& path, Open how) {
  sqlite3* connection = nullptr;
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX | (how == Open::kNew ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(path.c_str(), &connection, flags, nullptr);
  Database database(connection, path);
  if (code != SQLITE_OK) return database.error(code);
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, kPatienceMilliseconds);
  return database;
}

Database::Database(Database&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)), path_(std::move(other.path_)) {}

Database::~Database() {
  sqlite3_close_v2(connection_);
}

Result<void> Database::run(const std::string& statements) {
  const int code = sqlite3_exec(connection_, statements.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error(code);
  return {};
}

Result<Statement> Database::prepare(std::string_view statement) {
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v2(connection_, statement.data(), static_cast<int>(statement.size()),
                                      &prepared, nullptr);
  if (code != SQLITE_OK) return error(code);
  return Statement(this, prepared);
}

Result<int64_t> Database::integer(std::string_view query) {
  DEW_TRY(Statement statement, prepare(query));
  DEW_TRY(const bool row, statement.step());
  if (!row) return work_error("the project's database gave no answer", path_.string());
  return statement.integer(0);
}

int64_t Database::last_id() const {
  return sqlite3_last_insert_rowid(connection_);
}
int64_t Database::changes() const {
  return sqlite3_changes64(connection_);
}

tl::unexpected<Error> Database::error(int code) const {
  if (connection_ == nullptr) return tell(SQLITE_NOMEM, 0, {}, path_.string());
  return tell(code, sqlite3_system_errno(connection_), sqlite3_errmsg(connection_), path_.string());
}

// ---- Transaction

Result<Transaction> Transaction::begin(Database& database, Kind kind) {
  DEW_CHECK(database.run(kind == Kind::kWrite ? "BEGIN IMMEDIATE" : "BEGIN"));
  return Transaction(&database);
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // A failed ROLLBACK means that SQLite has rolled back by itself, as after a full disk.
  if (database_ != nullptr) (void)database_->run("ROLLBACK");
}

Result<void> Transaction::commit() {
  DEW_CHECK(database_->run("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace dew::store
