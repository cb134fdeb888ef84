// database: SQLite or PostgreSQL behind one interface: connection, statements, transactions. SQL is written
// once, in the dialect that both share; sqlite.cpp and postgres_dialect.cpp translate the rest:
//   ?                        a parameter, from left to right; ?1 names it
//   INTEGER, REAL, BLOB      64 bits, double precision, bytes (schema.cpp; PostgreSQL has other names)
//   now_ms()                 milliseconds since 1970 by the database's clock, which all machines share
//   FOR UPDATE SKIP LOCKED   skip rows that another writer holds (SQLite has one writer at a time)
#pragma once

#include <cassert>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/base.h"

namespace dew::store {

/// What a transaction may write.
enum class Writing {
  kNothing,  ///< it only reads
  kAlone,    ///< no other transaction writes until it ends, so that what it reads stays true; begin() waits
  kBeside,   ///< concurrent with others of this kind, each on its own rows; in SQLite the same as kAlone
};

/// A statement in one database; see Statement.
class Prepared {
 public:
  Prepared() = default;
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;
  virtual ~Prepared() = default;

  virtual void bind(int64_t value) = 0;
  virtual void bind(double value) = 0;
  virtual void bind(std::string_view value) = 0;
  virtual void bind_null() = 0;
  virtual Result<bool> step() = 0;
  virtual Result<void> queue() = 0;
  virtual Result<int64_t> settle() = 0;
  virtual void reset() = 0;
  [[nodiscard]] virtual bool is_null(int column) const = 0;
  [[nodiscard]] virtual int64_t integer(int column) const = 0;
  [[nodiscard]] virtual double real(int column) const = 0;
  [[nodiscard]] virtual std::string text(int column) const = 0;
};

/// A prepared statement. Parameters are bound from left to right, then step() gives row after row.
class Statement {
 public:
  explicit Statement(std::unique_ptr<Prepared> prepared) : prepared_(std::move(prepared)) {}

  Statement& bind(int64_t value) {
    prepared_->bind(value);
    return *this;
  }
  Statement& bind(int value) { return bind(int64_t{value}); }
  Statement& bind(double value) {
    prepared_->bind(value);
    return *this;
  }
  /// Bytes as they are; in a TEXT column they must be UTF-8.
  Statement& bind(std::string_view value) {
    prepared_->bind(value);
    return *this;
  }
  Statement& bind(const std::string& value) { return bind(std::string_view(value)); }
  Statement& bind(const char* value) { return bind(std::string_view(value)); }
  Statement& bind_null() {
    prepared_->bind_null();
    return *this;
  }
  template <typename T>
  Statement& bind(const std::optional<T>& value) {
    return value ? bind(*value) : bind_null();
  }

  /// True: there is a row to read. False: done.
  Result<bool> step() { return prepared_->step(); }
  /// For a statement without rows. Afterwards it can be bound and run again.
  Result<void> run() {
    DEW_TRY([[maybe_unused]] const bool row, step());
    assert(!row);
    return {};
  }
  /// For an insert that ends in RETURNING id. Afterwards it can be bound and run again.
  Result<int64_t> run_for_id() {
    DEW_TRY([[maybe_unused]] const bool row, step());
    assert(row);
    const int64_t id = integer(0);
    reset();
    return id;
  }
  /// As run(), without waiting for the result; for many rows. An error may be returned by a later queue() or
  /// by settle(), which must follow and returns the number of rows changed by all of them.
  Result<void> queue() { return prepared_->queue(); }
  Result<int64_t> settle() { return prepared_->settle(); }

  /// Drops rows not read, so that it can be bound and run again.
  void reset() { prepared_->reset(); }

  [[nodiscard]] bool is_null(int column) const { return prepared_->is_null(column); }
  [[nodiscard]] int64_t integer(int column) const { return prepared_->integer(column); }
  [[nodiscard]] double real(int column) const { return prepared_->real(column); }
  [[nodiscard]] std::string text(int column) const { return prepared_->text(column); }

 private:
  std::unique_ptr<Prepared> prepared_;
};

/// One database; see Database.
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  virtual Result<void> begin(Writing writing) = 0;
  virtual Result<void> run(const std::string& statements) = 0;
  virtual Result<std::unique_ptr<Prepared>> prepare(std::string_view statement) = 0;
  [[nodiscard]] virtual int64_t changes() const = 0;
  [[nodiscard]] virtual bool lost() const = 0;
  [[nodiscard]] virtual std::string place() const = 0;

  virtual Result<int64_t> steps_taken() = 0;
  virtual Result<void> take_step(const std::string& statements, int64_t number) = 0;
};

class Database {
 public:
  explicit Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

  /// One or more statements without parameters or rows.
  Result<void> run(const std::string& statements) { return connection_->run(statements); }
  Result<Statement> prepare(std::string_view statement) {
    DEW_TRY(auto prepared, connection_->prepare(statement));
    return Statement(std::move(prepared));
  }
  /// The first column of the first row.
  Result<int64_t> integer(std::string_view query) {
    DEW_TRY(Statement statement, prepare(query));
    DEW_TRY(const bool row, statement.step());
    if (!row) return work_error("the project's database gave no answer", place());
    return statement.integer(0);
  }
  /// Rows changed by the last insert, update or delete.
  [[nodiscard]] int64_t changes() const { return connection_->changes(); }
  /// The connection broke; the next transaction makes a new one. Whether what broke with it was committed
  /// is not known.
  [[nodiscard]] bool lost() const { return connection_->lost(); }
  /// For errors: a path, or a URL without its password.
  [[nodiscard]] std::string place() const { return connection_->place(); }

  /// Of the schema; 0: there is none yet.
  Result<int64_t> steps_taken() { return connection_->steps_taken(); }
  /// One step of the schema, inside a transaction.
  Result<void> take_step(const std::string& statements, int64_t number) {
    return connection_->take_step(statements, number);
  }

 private:
  friend class Transaction;
  std::unique_ptr<Connection> connection_;
};

/// Rolled back unless commit() was called.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database, Writing writing) {
    DEW_CHECK(database.connection_->begin(writing));
    return Transaction(database.connection_.get());
  }
  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction() {
    // A failed ROLLBACK means that the database has rolled back by itself, as after a full disk.
    if (connection_ != nullptr) (void)connection_->run("ROLLBACK");
  }
  Result<void> commit() {
    DEW_CHECK(connection_->run("COMMIT"));
    connection_ = nullptr;
    return {};
  }

 private:
  explicit Transaction(Connection* connection) : connection_(connection) {}
  Connection* connection_;
};

}  // namespace dew::store
