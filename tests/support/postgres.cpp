#include "tests/support/postgres.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <thread>
#include <vector>

#include "tests/support/free_port.h"

extern char** environ;

namespace dew::testing {
namespace {

/// Where Debian keeps the servers' programs; the newest.
std::optional<fs::path> programs() {
  std::vector<fs::path> found;
  std::error_code code;
  for (fs::directory_iterator at("/usr/lib/postgresql", code); !code && at != fs::directory_iterator();
       at.increment(code))
    if (fs::exists(at->path() / "bin" / "initdb")) found.push_back(at->path() / "bin");
  if (found.empty()) return std::nullopt;
  return *std::max_element(found.begin(), found.end());
}

const passwd* server_user() {
  if (::geteuid() != 0) return nullptr;
  if (const passwd* user = ::getpwnam("postgres")) return user;
  return ::getpwnam("nobody");
}

/// The command under a user that is not root, ended when this process is.
std::vector<std::string> as_server(std::vector<std::string> command) {
  std::vector<std::string> argv{"setpriv", "--pdeathsig", "INT"};
  if (const passwd* user = server_user())
    argv.insert(argv.end(), {"--reuid", std::to_string(user->pw_uid), "--regid", std::to_string(user->pw_gid),
                             "--clear-groups"});
  argv.insert(argv.end(), command.begin(), command.end());
  return argv;
}

int spawn(std::vector<std::string> argv, const std::string& log) {
  std::vector<char*> pointers;
  for (std::string& part : argv) pointers.push_back(part.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0644);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t child = -1;
  if (posix_spawnp(&child, pointers[0], &actions, nullptr, pointers.data(), environ) != 0) child = -1;
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

}  // namespace

PostgresServer* PostgresServer::shared() {
  static const std::unique_ptr<PostgresServer> server = [] {
    std::unique_ptr<PostgresServer> fresh(new PostgresServer);
    if (const auto problem = fresh->start()) {
      std::fprintf(stderr, "NOT TESTED with PostgreSQL: %s\n", problem->c_str());
      fresh.reset();
    }
    return fresh;
  }();
  return server.get();
}

std::optional<std::string> PostgresServer::start() {
  const auto bin = programs();
  if (!bin) return "it is not installed (package postgresql)";
  folder_.emplace(*TemporaryFolder::create("dewdrop-postgres"));
  fs::permissions(folder_->path(), fs::perms(0711));
  const fs::path data = folder_->path() / "data";
  fs::create_directory(data);
  if (const passwd* user = server_user())
    if (::chown(data.c_str(), user->pw_uid, user->pw_gid) != 0)
      return "its folder cannot be given to its user";
  const auto made = run_process(as_server({*bin / "initdb", "-D", data, "-U", "dewdrop", "-A", "trust", "-E",
                                           "UTF8", "--locale", "C", "--no-sync"}),
                                std::chrono::minutes(2), Watch());
  if (!made || made->status != 0) return "initdb fails: " + (made ? made->errors : made.error().what);
  const std::string rules =
      "host all locked 127.0.0.1/32 scram-sha-256\n"
      "host all all 127.0.0.1/32 trust\n";
  if (!write_file(data / "pg_hba.conf", rules)) return "its rules cannot be written";
  if (const passwd* user = server_user())
    (void)::chown((data / "pg_hba.conf").c_str(), user->pw_uid, user->pw_gid);

  port_ = free_port();
  const std::string log = folder_->path() / "log";
  child_ = spawn(as_server({*bin / "postgres", "-D", data, "-p", std::to_string(port_), "-k", "", "-c",
                            "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "synchronous_commit=off",
                            "-c", "full_page_writes=off", "-c", "shared_buffers=32MB"}),
                 log);
  const std::string url = "postgresql://dewdrop@127.0.0.1:" + std::to_string(port_) + "/postgres";
  for (int tries = 0; tries < 300; ++tries) {
    connection_ = PQconnectdb(url.c_str());
    if (PQstatus(connection_) == CONNECTION_OK) {
      PQsetNoticeProcessor(
          connection_, [](void*, const char*) {}, nullptr);
      run("CREATE USER locked PASSWORD 's3cret/word'");
      return std::nullopt;
    }
    PQfinish(connection_);
    connection_ = nullptr;
    if (::waitpid(child_, nullptr, WNOHANG) != 0) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return "it does not start: " + read_file(log).value_or("");
}

PostgresServer::~PostgresServer() {
  PQfinish(connection_);
  if (child_ <= 0) return;
  ::kill(child_, SIGINT);  // a fast shutdown
  ::waitpid(child_, nullptr, 0);
}

std::string PostgresServer::fresh_url() {
  const std::string schema = "p" + std::to_string(++schemas_);
  run("CREATE SCHEMA " + schema + "; SET search_path = " + schema);
  return "postgresql://dewdrop@127.0.0.1:" + std::to_string(port_) + "/postgres?options=-csearch_path%3D" +
         schema;
}

std::string PostgresServer::run(const std::string& sql) {
  PGresult* result = PQexec(connection_, sql.c_str());
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  std::string code = state != nullptr ? state : "";
  PQclear(result);
  return code;
}

int64_t PostgresServer::integer(const std::string& sql) {
  PGresult* result = PQexec(connection_, sql.c_str());
  const int64_t value = PQntuples(result) > 0 ? std::stoll(PQgetvalue(result, 0, 0)) : -1;
  PQclear(result);
  return value;
}

void PostgresServer::cut_off_all() {
  run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
      "backend_type = 'client backend'");
}

}  // namespace dew::testing
