// PostgreSQL behind Connection, through libpq: the C interface that every newer libpq keeps, with errors as
// values.
#include "store/postgres.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "store/postgres_dialect.h"

namespace dew::store {
namespace {

constexpr Oid kBytes = 17;  // BYTEA, from PostgreSQL's catalogue: fixed for ever
constexpr std::chrono::milliseconds kPatience{5000};
constexpr size_t kInFlight = 256;  // queued statements before their results are read

struct FreeResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answered = std::unique_ptr<PGresult, FreeResult>;

/// libpq's messages may have several lines and end in a line break.
std::string one_line(const char* message) {
  std::string line = join(split_list(message, '\n'), "; ");
  std::replace(line.begin(), line.end(), '\t', ' ');
  return printable(line, 400);
}

// ---- URLs

struct Options {
  std::string user, host, port, database;
  bool password = false;
};

std::optional<Options> parse(const std::string& url) {
  char* ignored = nullptr;  // it may quote the password
  PQconninfoOption* all = PQconninfoParse(url.c_str(), &ignored);
  PQfreemem(ignored);
  if (all == nullptr) return std::nullopt;
  Options options;
  for (const PQconninfoOption* one = all; one->keyword != nullptr; ++one) {
    if (one->val == nullptr) continue;
    const std::string_view keyword = one->keyword;
    if (keyword == "user") options.user = one->val;
    if (keyword == "host" || (keyword == "hostaddr" && options.host.empty())) options.host = one->val;
    if (keyword == "port") options.port = one->val;
    if (keyword == "dbname") options.database = one->val;
    if (keyword == "password" || keyword == "sslpassword") options.password = *one->val != '\0';
  }
  PQconninfoFree(all);
  return options;
}

// ---- errors

constexpr const char* kKept = "what was saved before is kept; run the same command again";

tl::unexpected<Error> lost_error(const std::string& place) {
  return work_error(
      "the connection to the project's database was lost: this step may not be saved, everything "
      "before it is",
      place, "check the server and the network to it, then run the same command again");
}

/// SQLSTATE, PostgreSQL's documentation, Appendix A.
tl::unexpected<Error> tell(const std::string& state, const std::string& words, const std::string& place) {
  if (state == "53100")
    return work_error(
        "the disk of the database server is full: this step was not saved, everything before it was", place,
        "free some space there, then run the same command again");
  if (state == "55P03" || state == "40P01")
    return work_error("the project is locked by another process", place,
                      "wait for the other dewdrop to finish, or stop it; then run the same command again");
  if (state == "42501" || state == "25006")
    return work_error("there is no permission to write to the project's database: " + words, place,
                      "ask the server's administrator for the rights, or name another user in the URL");
  if (state.starts_with("57P") || state.starts_with("08")) return lost_error(place);
  if (state.starts_with("23"))
    return work_error("the project's database rejects this change: " + words, place);
  if (state == "42P01" || state == "42703")
    return work_error("the project's database is damaged: " + words, place, "restore it from a backup");
  return work_error("the project's database failed: " + words, place, kKept);
}

tl::unexpected<Error> cannot_connect(const PGconn* connection, const std::string& place) {
  const std::string words = one_line(PQerrorMessage(connection));
  if (PQconnectionNeedsPassword(connection) != 0)
    return work_error("the database server asks for a password", place,
                      "give it in PGPASSWORD or in ~/.pgpass, not in dewdrop.toml");
  if (PQconnectionUsedPassword(connection) != 0 && words.find("password") != std::string::npos)
    return work_error("the database server rejects this password: " + words, place,
                      "check PGPASSWORD, or the line in ~/.pgpass");
  if (words.find("does not exist") != std::string::npos)
    return work_error("the database server has no such database or user: " + words, place,
                      "create it on the server (createdb, createuser), or correct `store` in dewdrop.toml");
  return work_error(
      "the database server cannot be reached: " + words, place,
      "check that PostgreSQL runs there, accepts connections from this machine and knows the user");
}

// ---- Connection

class PostgresStatement;

class PostgresConnection : public Connection {
 public:
  PostgresConnection(PGconn* handle, std::string place) : handle_(handle), place_(std::move(place)) {}
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;
  ~PostgresConnection() override { PQfinish(handle_); }

  /// Settings of every session. Storing the labels of a large project is one long transaction that others
  /// wait for; a machine that fell asleep inside one must not hold them up.
  Result<void> set_up() {
    PQsetNoticeProcessor(
        handle_, [](void*, const char*) {}, nullptr);
    const Answered answered(PQexec(handle_,
                                   "SET client_min_messages = error; SET lock_timeout = '5min'; "
                                   "SET idle_in_transaction_session_timeout = '20s'"));
    return check(answered.get());
  }

  /// Writers that need to be alone take PostgreSQL's advisory lock for this schema; the others share it.
  Result<void> begin(Writing writing) override {
    auto begun = run("BEGIN");
    if (!begun && lost()) begun = run("BEGIN");  // it had broken since it was last used
    DEW_CHECK(begun);
    if (writing == Writing::kNothing) return {};
    const std::string how =
        writing == Writing::kAlone ? "pg_advisory_xact_lock" : "pg_advisory_xact_lock_shared";
    auto locked = run("SELECT " + how + "(1145395012, hashtext(current_schema()))");  // "DEWD"
    if (!locked) (void)run("ROLLBACK");
    return locked;
  }

  Result<void> run(const std::string& statements) override {
    const std::lock_guard lock(mutex_);
    DEW_CHECK(reconnect_if_lost(statements != "ROLLBACK" && statements != "COMMIT"));
    Answered answered(PQexec(handle_, statements.c_str()));
    DEW_CHECK(check(answered.get()));
    // COMMIT answers ROLLBACK where something went wrong in the transaction.
    if (statements == "COMMIT" && std::string_view(PQcmdStatus(answered.get())) == "ROLLBACK")
      return work_error("the project's database rolled this step back", place_, kKept);
    return {};
  }

  Result<std::unique_ptr<Prepared>> prepare(std::string_view statement) override;
  [[nodiscard]] int64_t changes() const override { return changes_; }
  [[nodiscard]] bool lost() const override { return PQstatus(handle_) != CONNECTION_OK; }
  [[nodiscard]] std::string place() const override { return place_; }

  Result<int64_t> steps_taken() override {
    DEW_TRY(const auto there, integer("SELECT (to_regclass('dewdrop') IS NOT NULL)::INT"));
    if (there == 0) return 0;
    return integer("SELECT steps FROM dewdrop");
  }
  Result<void> take_step(const std::string& statements, int64_t number) override {
    if (number == 1) DEW_CHECK(run(kPostgresBasics));
    DEW_CHECK(run(postgres_step(statements)));
    return run("UPDATE dewdrop SET steps = " + std::to_string(number));
  }

 private:
  friend class PostgresStatement;

  Result<int64_t> integer(const char* query);

  /// Between transactions a lost connection is opened again; inside one, the work is lost with it.
  Result<void> reconnect_if_lost(bool may) {
    if (!lost()) return {};
    if (!may || inside_) {
      inside_ = false;
      return lost_error(place_);
    }
    // Waits for a server that restarts, or a network that comes back.
    for (std::chrono::milliseconds pause{250}; pause < kPatience; pause *= 2) {
      PQreset(handle_);
      if (!lost()) break;
      std::this_thread::sleep_for(pause);
    }
    if (lost()) return cannot_connect(handle_, place_);
    ++session_;
    return set_up();
  }

  /// Keeps the counts of a result, or turns its error into ours.
  Result<void> check(const PGresult* result) {
    const PGTransactionStatusType status = PQtransactionStatus(handle_);
    inside_ = status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
    switch (PQresultStatus(result)) {
      case PGRES_TUPLES_OK:
      case PGRES_COMMAND_OK:
      case PGRES_PIPELINE_SYNC: {
        const std::string_view text = PQcmdTuples(const_cast<PGresult*>(result));
        changes_ = 0;
        std::from_chars(text.data(), text.data() + text.size(), changes_);
        return {};
      }
      default:
        break;
    }
    if (lost()) return lost_error(place_);
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char* words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    return tell(state != nullptr ? state : "", one_line(words != nullptr ? words : PQerrorMessage(handle_)),
                place_);
  }

  PGconn* handle_;
  std::string place_;
  std::recursive_mutex mutex_;  ///< pictures are read by other threads too
  bool inside_ = false;         ///< a transaction
  int64_t session_ = 0;         ///< what was prepared in an earlier one is gone
  int64_t names_ = 0;
  int64_t changes_ = 0;
};

/// The first step() fetches all rows, so that the connection is free for other statements while they are
/// read.
class PostgresStatement : public Prepared {
 public:
  PostgresStatement(PostgresConnection& connection, std::string statement)
      : connection_(connection), statement_(std::move(statement)) {}
  PostgresStatement(const PostgresStatement&) = delete;
  PostgresStatement& operator=(const PostgresStatement&) = delete;
  ~PostgresStatement() override {
    const std::lock_guard lock(connection_.mutex_);
    if (queued_ > 0) (void)settle();
    if (name_.empty() || session_ != connection_.session_ || connection_.lost()) return;
    PQclear(PQexec(connection_.handle_, ("DEALLOCATE " + name_).c_str()));
  }

  void bind(int64_t value) override { values_.push_back({std::to_string(value), false}); }
  void bind(double value) override { values_.push_back({fmt::format("{}", value), false}); }
  void bind(std::string_view value) override { values_.push_back({std::string(value), true}); }
  void bind_null() override { values_.push_back({std::nullopt, false}); }

  Result<bool> step() override {
    if (!rows_) {
      DEW_CHECK(execute());
      row_ = -1;
    }
    if (++row_ < PQntuples(rows_.get())) return true;
    reset();
    return false;
  }

  Result<void> queue() override {
    const std::lock_guard lock(connection_.mutex_);
    if (connection_.lost()) return fail(lost_error(connection_.place_));
    if (auto prepared = prepare_for_many(); !prepared) return fail(prepared);
    if (queued_ == 0 && PQenterPipelineMode(connection_.handle_) == 0)
      return fail(lost_error(connection_.place_));
    const Arrays arrays(values_);
    const int sent =
        PQsendQueryPrepared(connection_.handle_, name_.c_str(), arrays.count(), arrays.values.data(),
                            arrays.lengths.data(), arrays.formats.data(), 0);
    ++queued_;
    values_.clear();
    if (sent == 0) return drain();
    return queued_ < kInFlight ? Result<void>{} : drain();
  }

  Result<int64_t> settle() override {
    DEW_CHECK(drain());
    return std::exchange(queued_changes_, 0);
  }

  void reset() override {
    rows_.reset();
    values_.clear();
  }

  [[nodiscard]] bool is_null(int column) const override {
    return PQgetisnull(rows_.get(), row_, column) != 0;
  }
  [[nodiscard]] int64_t integer(int column) const override {
    const std::string_view text = field(column);
    int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }
  [[nodiscard]] double real(int column) const override {
    return std::strtod(PQgetvalue(rows_.get(), row_, column), nullptr);
  }
  [[nodiscard]] std::string text(int column) const override {
    if (PQftype(rows_.get(), column) != kBytes) return std::string(field(column));
    size_t length = 0;
    unsigned char* bytes = PQunescapeBytea(
        reinterpret_cast<const unsigned char*>(PQgetvalue(rows_.get(), row_, column)), &length);
    std::string copy(reinterpret_cast<const char*>(bytes), bytes == nullptr ? 0 : length);
    PQfreemem(bytes);
    return copy;
  }

 private:
  struct Value {
    std::optional<std::string> text;
    bool binary = false;  ///< bytes: what TEXT and BYTEA have in common. Numbers are written out
  };
  struct Arrays {
    explicit Arrays(const std::vector<Value>& all) {
      for (const Value& one : all) {
        values.push_back(one.text ? one.text->c_str() : nullptr);
        lengths.push_back(one.text ? static_cast<int>(one.text->size()) : 0);
        formats.push_back(one.binary ? 1 : 0);
      }
    }
    [[nodiscard]] int count() const { return static_cast<int>(values.size()); }
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
  };

  [[nodiscard]] std::string_view field(int column) const {
    return {PQgetvalue(rows_.get(), row_, column),
            static_cast<size_t>(PQgetlength(rows_.get(), row_, column))};
  }

  tl::unexpected<Error> fail(const Result<void>& why) {
    reset();
    return tl::unexpected(why.error());
  }

  /// A statement that is run a second time is prepared under a name.
  Result<void> execute() {
    const std::lock_guard lock(connection_.mutex_);
    // Outside a transaction, a statement that only reads may be repeated.
    const bool repeatable = !connection_.inside_ && statement_.starts_with("SELECT");
    auto good = send();
    if (!good && repeatable && connection_.lost()) good = send();
    if (!good) return fail(good);
    values_.clear();
    return {};
  }

  Result<void> send() {
    DEW_CHECK(connection_.reconnect_if_lost(true));
    const bool again = ran_++ > 0;
    if (again) DEW_CHECK(prepare_for_many());
    const Arrays arrays(values_);
    rows_.reset(again ? PQexecPrepared(connection_.handle_, name_.c_str(), arrays.count(),
                                       arrays.values.data(), arrays.lengths.data(), arrays.formats.data(), 0)
                      : PQexecParams(connection_.handle_, statement_.c_str(), arrays.count(), nullptr,
                                     arrays.values.data(), arrays.lengths.data(), arrays.formats.data(), 0));
    return connection_.check(rows_.get());
  }

  Result<void> prepare_for_many() {
    if (!name_.empty() && session_ == connection_.session_) return {};
    name_ = "dew" + std::to_string(++connection_.names_);
    session_ = connection_.session_;
    const Answered answered(PQprepare(connection_.handle_, name_.c_str(), statement_.c_str(), 0, nullptr));
    auto good = connection_.check(answered.get());
    if (!good) name_.clear();
    return good;
  }

  /// Reads the results of all queued statements; gives the first error among them.
  Result<void> drain() {
    const std::lock_guard lock(connection_.mutex_);
    if (queued_ == 0) return {};
    PGconn* handle = connection_.handle_;
    Result<void> outcome;
    if (PQpipelineSync(handle) == 0) outcome = lost_error(connection_.place_);
    // A null result follows each statement's result, but not the sync's.
    for (bool synced = !outcome; !synced;) {
      const Answered answered(PQgetResult(handle));
      if (!answered) {
        if (connection_.lost()) {
          if (outcome) outcome = lost_error(connection_.place_);
          break;
        }
        continue;
      }
      const ExecStatusType status = PQresultStatus(answered.get());
      synced = status == PGRES_PIPELINE_SYNC;
      if (status == PGRES_PIPELINE_ABORTED) continue;  // what follows an error
      const auto good = connection_.check(answered.get());
      if (!good && outcome) outcome = good;
      if (good && !synced) queued_changes_ += connection_.changes_;
    }
    queued_ = 0;
    (void)PQexitPipelineMode(handle);
    return outcome;
  }

  PostgresConnection& connection_;
  std::string statement_;
  std::string name_;  ///< on the server; empty: it has none yet
  int64_t session_ = 0;
  int64_t ran_ = 0;
  std::vector<Value> values_;
  Answered rows_;
  int row_ = -1;
  size_t queued_ = 0;
  int64_t queued_changes_ = 0;
};

Result<std::unique_ptr<Prepared>> PostgresConnection::prepare(std::string_view statement) {
  return std::make_unique<PostgresStatement>(*this, numbered(statement));
}

Result<int64_t> PostgresConnection::integer(const char* query) {
  PostgresStatement statement(*this, query);
  DEW_TRY(const bool row, statement.step());
  return row ? statement.integer(0) : 0;
}

}  // namespace

bool is_postgres_url(std::string_view store) {
  return store.starts_with("postgresql://") || store.starts_with("postgres://");
}

std::string without_password(const std::string& url) {
  const auto options = parse(url);
  if (!options) return "postgresql://...";
  std::string shown = "postgresql://";
  if (!options->user.empty()) shown += options->user + "@";
  shown += options->host;
  if (!options->port.empty()) shown += ":" + options->port;
  return printable(shown + "/" + options->database);
}

bool has_password(const std::string& url) {
  const auto options = parse(url);
  return options && options->password;
}

Result<Database> open_postgres(const std::string& url) {
  const std::string place = without_password(url);
  if (!parse(url))
    return usage_error("store is not the URL of a PostgreSQL database", place,
                       "it looks like postgresql://user@host:5432/name; special characters are written %41");
  // libpq lets later parameters override earlier ones: defaults stand before the URL, what must hold after
  // it.
  constexpr std::array kKeywords{"connect_timeout", "tcp_user_timeout", "application_name",
                                 "dbname",          "client_encoding",  static_cast<const char*>(nullptr)};
  const std::array<const char*, 6> values{"10", "30000", "dewdrop", url.c_str(), "UTF8", nullptr};
  PGconn* handle = PQconnectdbParams(kKeywords.data(), values.data(), 1);
  if (handle == nullptr) return work_error("out of memory", place);
  auto connection = std::make_unique<PostgresConnection>(handle, place);
  if (PQstatus(handle) != CONNECTION_OK) return cannot_connect(handle, place);
  DEW_CHECK(connection->set_up());
  return Database(std::move(connection));
}

}  // namespace dew::store
