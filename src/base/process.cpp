#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

extern char** environ;

namespace dew {
namespace {

constexpr size_t kOutputLimit = size_t{64} << 20;
constexpr int kPollMilliseconds = 50;

struct Pipe {
  std::array<int, 2> ends{-1, -1};
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() { close_end(0), close_end(1); }
  bool open() { return ::pipe2(ends.data(), O_CLOEXEC) == 0; }
  void close_end(size_t end) {
    if (ends[end] >= 0) ::close(ends[end]);
    ends[end] = -1;
  }
};

/// Starts the child with its output on the two pipes. Returns errno, 0 when it runs.
int spawn(const std::vector<std::string>& argv, const Pipe& out, const Pipe& err, pid_t* pid) {
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.ends[1], STDERR_FILENO);
  // Its own process group: Ctrl-C at the terminal reaches us alone, and we end the child in order.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  const int code = ::posix_spawnp(pid, arguments[0], &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return code;
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Reads what is there into `text`; closes the end at end of file.
void drain(Pipe& pipe, std::string& text) {
  std::array<char, 1 << 14> block{};
  const ssize_t got = ::read(pipe.ends[0], block.data(), block.size());
  if (got > 0)
    text.append(block.data(), static_cast<size_t>(got));
  else if (got == 0 || errno != EINTR)
    pipe.close_end(0);
}

}  // namespace

Result<ProcessResult> run_process(const std::vector<std::string>& argv, std::chrono::milliseconds timeout,
                                  const Watch& watch) {
  Pipe out;
  Pipe err;
  if (!out.open() || !err.open())
    return work_error(std::string("cannot open a pipe: ") + std::strerror(errno));
  pid_t pid = 0;
  if (const int code = spawn(argv, out, err, &pid); code != 0)
    return work_error("cannot start " + argv[0] + ": " + std::strerror(code), argv[0],
                      "`dewdrop doctor` lists what is missing and how to install it");
  out.close_end(1);
  err.close_end(1);

  ProcessResult result;
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  const auto give_up = [&](tl::unexpected<Error> error) {
    ::kill(-pid, SIGKILL);
    wait_for(pid);
    return error;
  };
  while (out.ends[0] >= 0 || err.ends[0] >= 0) {
    std::array<pollfd, 2> waiting{pollfd{out.ends[0], POLLIN, 0}, pollfd{err.ends[0], POLLIN, 0}};
    ::poll(waiting.data(), waiting.size(), kPollMilliseconds);
    if (waiting[0].revents != 0) drain(out, result.output);
    if (waiting[1].revents != 0) drain(err, result.errors);
    if (watch.interrupted()) return give_up(interrupted_error());
    if (result.output.size() + result.errors.size() > kOutputLimit)
      return give_up(work_error("printed more than 64 MiB", argv[0]));
    if (std::chrono::steady_clock::now() > deadline)
      return give_up(
          work_error("did not end within " + std::to_string(timeout.count() / 1000) + " s", argv[0]));
  }
  result.status = wait_for(pid);
  return result;
}

std::optional<std::string> find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string candidate = (std::filesystem::path(folder) / name).string();
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

}  // namespace dew
