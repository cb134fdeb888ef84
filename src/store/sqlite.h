// SQLite with our errors and RAII: a connection, prepared statements, transactions. Nothing of the project in
// here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/base.h"

struct sqlite3;
struct sqlite3_stmt;

namespace dew::store {

class Database;

/// A prepared statement. Parameters are bound from left to right, then step() gives row after row.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(int64_t value);
  Statement& bind(int value) { return bind(int64_t{value}); }
  Statement& bind(double value);
  Statement& bind(std::string_view value);
  Statement& bind(const std::string& value) { return bind(std::string_view(value)); }
  Statement& bind(const char* value) { return bind(std::string_view(value)); }
  Statement& bind_null();
  template <typename T>
  Statement& bind(const std::optional<T>& value) {
    return value ? bind(*value) : bind_null();
  }

  /// True: a row is there to be read. False: done.
  Result<bool> step();
  /// For a statement that gives no rows. Afterwards it can be bound and run again.
  Result<void> run();

  /// Drops rows not read, so that it can be bound and run again.
  void reset();

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string text(int column) const;

 private:
  friend class Database;
  Statement(const Database* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  const Database* database_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
};

class Database {
 public:
  enum class Open { kExisting, kNew };
  static Result<Database> open(const fs::path& path, Open how);
  Database(Database&& other) noexcept;
  Database& operator=(Database&&) = delete;
  ~Database();

  /// One or more statements without parameters or rows.
  Result<void> run(const std::string& statements);
  Result<Statement> prepare(std::string_view statement);
  /// The first column of the first row.
  Result<int64_t> integer(std::string_view query);

  [[nodiscard]] int64_t last_id() const;
  /// Rows changed by the last insert, update or delete.
  [[nodiscard]] int64_t changes() const;

  /// SQLite's result code in our words.
  [[nodiscard]] tl::unexpected<Error> error(int code) const;

 private:
  friend class Statement;
  Database(sqlite3* connection, fs::path path) : connection_(connection), path_(std::move(path)) {}
  sqlite3* connection_;
  fs::path path_;
};

/// What happens until commit() happens whole or not at all; without commit() it is undone.
class Transaction {
 public:
  enum class Kind { kRead, kWrite };
  /// A writer takes the write lock at once: waiting happens here and nowhere later.
  static Result<Transaction> begin(Database& database, Kind kind);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Database* database) : database_(database) {}
  Database* database_;
};

}  // namespace dew::store
