// A real PostgreSQL server on loopback, in a folder of its own, gone with the test.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/base.h"

struct pg_conn;

namespace dew::testing {

/// The server: Debian's newest, nothing synced to disk, users let in without a password but for "locked",
/// whose password is "s3cret/word". PostgreSQL refuses to run as root: then it runs as postgres or nobody.
class PostgresServer {
 public:
  /// The one of this process, started on first use; null where PostgreSQL is not installed.
  static PostgresServer* shared();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer();

  [[nodiscard]] int port() const { return port_; }
  /// "postgresql://dewdrop@127.0.0.1:PORT/postgres", with a schema that is new and empty.
  std::string fresh_url();
  /// Runs SQL there; the SQLSTATE of what went wrong, or nothing. `schema` of fresh_url() as last given.
  std::string run(const std::string& sql);
  /// The first column of the first row; -1: there is none.
  int64_t integer(const std::string& sql);
  /// Ends every other session on the server, as a cut cable would.
  void cut_off_all();

 private:
  PostgresServer() = default;
  std::optional<std::string> start();

  std::optional<TemporaryFolder> folder_;
  int child_ = -1;
  int port_ = 0;
  int schemas_ = 0;
  pg_conn* connection_ = nullptr;
};

}  // namespace dew::testing
