#include "tests/support/broker.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/support/free_port.h"

extern char** environ;

namespace dew::testing {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

bool answers(int port) {
  const int handle = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port);
  const bool connected = ::connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(handle);
  return connected;
}

const char* program() {
  for (const char* path : {"/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"})
    if (::access(path, X_OK) == 0) return path;
  return nullptr;
}

pid_t spawn(std::vector<std::string> command) {
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t process = -1;
  posix_spawn_file_actions_t quiet;
  ::posix_spawn_file_actions_init(&quiet);
  ::posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  const int code = ::posix_spawnp(&process, argv[0], &quiet, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&quiet);
  if (code != 0) throw std::runtime_error("cannot start " + command[0]);
  return process;
}

}  // namespace

bool Broker::there() {
  return program() != nullptr;
}

Broker::Broker(std::string user, const std::string& password)
    : folder_(*TemporaryFolder::create()), port_(free_port()) {
  std::string settings = "listener " + std::to_string(port_) + " 127.0.0.1\nlog_dest none\n";
  if (::geteuid() == 0) settings += "user root\n";
  if (user.empty()) {
    settings += "allow_anonymous true\n";
  } else {
    const std::string file = (folder_.path() / "passwords").string();
    int status = 0;
    ::waitpid(spawn({"mosquitto_passwd", "-b", "-c", file, user, password}), &status, 0);
    settings += "allow_anonymous false\npassword_file " + file + "\n";
  }
  if (!write_file(folder_.path() / "broker.conf", settings))
    throw std::runtime_error("cannot write broker.conf");
  start();
}

Broker::~Broker() {
  kill();
}

std::string Broker::address() const {
  return "mqtt://127.0.0.1:" + std::to_string(port_) + "/";
}

void Broker::start() {
  process_ =
      spawn({"setpriv", "--pdeathsig", "KILL", program(), "-c", (folder_.path() / "broker.conf").string()});
  for (int tries = 0; tries < 250 && !answers(port_); ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

void Broker::kill() {
  if (process_ < 0) return;
  int status = 0;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, &status, 0);
  process_ = -1;
}

}  // namespace dew::testing
