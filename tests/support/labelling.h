// A running `dewdrop label`, for tests that stop or kill it; and projects of many small samples.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <random>
#include <string>
#include <vector>

#include "media/media.h"
#include "tests/support/command.h"

extern char** environ;

namespace dew::testing {

/// Pictures of noise, each cut into columns x rows tiles of 8 x 8 pixels: as many samples, no two alike.
inline void add_tiles(const Command& command, int columns, int rows, int pictures,
                      const std::vector<std::string>& more = {}) {
  std::vector<std::string> fresh{"new", "p", "--ask", "Is there a disc?", "--classes", "yes,no"};
  fresh.insert(fresh.end(), more.begin(), more.end());
  const Ran made = command.run(fresh);
  ASSERT_EQ(made.status, 0) << made.err;
  std::mt19937 random(7);
  for (int i = 0; i < pictures; ++i) {
    Image noise{columns * 8, rows * 8, {}};
    noise.rgb.resize(static_cast<size_t>(noise.width) * static_cast<size_t>(noise.height) * 3);
    for (uint8_t& value : noise.rgb) value = static_cast<uint8_t>(random());
    ASSERT_TRUE(write_file(command.folder() / "pictures" / (std::to_string(i) + ".png"), encode_png(noise)));
  }
  const std::string grid = std::to_string(columns) + "x" + std::to_string(rows);
  const Ran added = command.run({"add", "../pictures", "--tiles", grid, "--json"}, "p");
  ASSERT_EQ(added.status, 0) << added.err;
  ASSERT_EQ(added.json()["samples_total"], columns * rows * pictures);
}

/// Its output is in label.log, or the file that `log` names.
class Labelling {
 public:
  Labelling(const Command& command, const std::string& teacher, const std::string& concurrency,
            const std::vector<std::string>& before = {}, const std::vector<std::string>& after = {},
            const std::string& project = "p", const std::string& log = "label.log")
      : log_((command.folder() / log).string()) {
    std::vector<std::string> argv = before;
    for (const std::string& part :
         {std::string(DEWDROP_BINARY), std::string("label"), std::string("--json"), std::string("-C"),
          (command.folder() / project).string(), std::string("--teacher"), teacher,
          std::string("--concurrency"), concurrency})
      argv.push_back(part);
    argv.insert(argv.end(), after.begin(), after.end());
    std::vector<char*> pointers;
    for (std::string& part : argv) pointers.push_back(part.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, log_.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0644);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    EXPECT_EQ(posix_spawnp(&child_, pointers[0], &actions, nullptr, pointers.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
  }

  void send(int signal) const { ::kill(child_, signal); }
  void kill() const { send(SIGKILL); }
  /// The exit status; -signal where one ended it.
  int wait() {
    int status = 0;
    ::wait4(child_, &status, 0, &usage_);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  [[nodiscard]] double cpu_seconds() const {
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage_.ru_utime) + seconds(usage_.ru_stime);
  }
  [[nodiscard]] int64_t peak_bytes() const { return usage_.ru_maxrss * 1024; }
  [[nodiscard]] std::string log() const { return read_file(log_).value_or("no log"); }
  /// The JSON object in the log: its last lines from the first "{" on.
  [[nodiscard]] nlohmann::json json() const {
    const std::string text = log();
    const size_t at = text.find("\n{");
    return nlohmann::json::parse(text.starts_with("{") ? text : text.substr(at == std::string::npos ? 0 : at),
                                 nullptr, false);
  }

 private:
  std::string log_;
  pid_t child_ = -1;
  rusage usage_{};
};

}  // namespace dew::testing
