// The terminal: progress bars, plain lines where there is no terminal, Ctrl-C, errors, one JSON object.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/base.h"
#include "base/time_left.h"

namespace dew::cli {

/// Results go to stdout, everything about the work goes to stderr. With --json, stdout carries the one
/// JSON object and nothing else.
class Console : public Watch {
 public:
  /// `project_words`: how the user named the project, "-C p ", for commands that are suggested.
  explicit Console(bool json, std::string project_words = {});
  [[nodiscard]] const std::string& project_words() const { return project_words_; }

  void begin(std::string_view what, int64_t total) override;
  void advance(int64_t done, std::string_view note) override;
  void end() override;
  void inform(const std::string& message) override;
  void warn(const std::string& message) override;
  [[nodiscard]] bool interrupted() const override;

  /// A line of the result, for people; goes to stderr with --json.
  void say(std::string_view line);
  template <typename First, typename... Rest>
  void say(fmt::format_string<First, Rest...> line, First&& first, Rest&&... rest) {
    say(fmt::format(line, std::forward<First>(first), std::forward<Rest>(rest)...));
  }
  /// From now on say() goes to stderr: stdout carries what stream() is given.
  void keep_stdout() { keeps_stdout_ = true; }
  /// A line on stdout, at once.
  void stream(std::string_view line);
  /// The verb is over: prints the JSON object, with the error in it where there is one; the error as text
  /// goes to stderr. Gives the exit code.
  int finish(nlohmann::ordered_json object, const std::optional<Error>& error);
  int finish(const Error& error) { return finish(nlohmann::ordered_json::object(), error); }

 private:
  void draw();
  void wipe();

  bool json_;
  bool keeps_stdout_ = false;
  std::string project_words_;
  bool terminal_;  ///< stderr is one
  std::string what_;
  std::string note_;
  int64_t total_ = 0;
  int64_t done_ = 0;
  bool open_ = false;
  std::chrono::steady_clock::time_point began_;
  TimeLeft left_;
  std::chrono::steady_clock::time_point drawn_;
};

/// Prints what needs no Console, such as help. Gives the exit code: that of failed work where it could not be
/// written, and stderr says why. A reader that has gone (`| head`) is no failure.
int print_all(const std::string& text);

/// From now on Ctrl-C and SIGTERM ask the work to stop in order; a second Ctrl-C ends the program at once.
void listen_for_interrupts();
/// Can be read (poll) from the first interrupt on; -1 before listen_for_interrupts. A read that waits for a
/// person polls this too: the signal may come just before the read, or to another thread.
int interrupt_descriptor();

}  // namespace dew::cli
