#include "cli/console.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>

namespace dew::cli {
namespace {

using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kBarWidth = 24;
constexpr milliseconds kRedraw{100};
constexpr milliseconds kPlainLine{10'000};

volatile std::sig_atomic_t interrupts = 0;
int interrupt_pipe[2] = {-1, -1};

void on_interrupt(int signal) {
  interrupts = interrupts + 1;
  if (interrupts > 1) _exit(128 + signal);
  const int kept = errno;
  // A pipe that could not be made or is full: whoever waits has been told, or asks interrupted().
  [[maybe_unused]] const ssize_t told = write(interrupt_pipe[1], "", 1);
  errno = kept;
}

std::string clock_text(double seconds) {
  const int whole = static_cast<int>(seconds + 0.5);
  return whole < 60 ? fmt::format("{} s", whole) : fmt::format("{} min {:02} s", whole / 60, whole % 60);
}

int terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void print_error(const Error& error) {
  fmt::print(stderr, "dewdrop: {}\n", error.where.empty() ? error.what : error.where + ": " + error.what);
  if (!error.next.empty()) fmt::print(stderr, "  {}\n", error.next);
}

}  // namespace

void listen_for_interrupts() {
  if (pipe2(interrupt_pipe, O_CLOEXEC | O_NONBLOCK) != 0) interrupt_pipe[0] = interrupt_pipe[1] = -1;
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // A full disk or a closed pipe is an error of the call that met it, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

int interrupt_descriptor() {
  return interrupt_pipe[0];
}

Console::Console(bool json) : json_(json), terminal_(isatty(STDERR_FILENO) == 1) {}

bool Console::interrupted() const {
  return interrupts > 0;
}

void Console::begin(std::string_view what, int64_t total) {
  if (open_) end();
  what_ = what;
  note_.clear();
  total_ = total;
  done_ = 0;
  open_ = true;
  began_ = drawn_ = steady_clock::now();
  if (terminal_) draw();
}

void Console::advance(int64_t done, std::string_view note) {
  done_ = done;
  note_ = note;
  const auto now = steady_clock::now();
  if (now - drawn_ < (terminal_ ? kRedraw : kPlainLine)) return;
  drawn_ = now;
  draw();
}

void Console::end() {
  if (!open_) return;
  open_ = false;
  const double seconds = duration<double>(steady_clock::now() - began_).count();
  wipe();
  const std::string count = total_ > 0 ? fmt::format(" {}/{}", done_, total_) : std::string();
  fmt::print(stderr, "{}{}{}{} ({})\n", what_, count, note_.empty() ? "" : "  ", note_, clock_text(seconds));
}

void Console::inform(const std::string& message) {
  wipe();
  say(message);
  if (open_ && terminal_) draw();
}

void Console::warn(const std::string& message) {
  wipe();
  fmt::print(stderr, "warning: {}\n", message);
  if (open_ && terminal_) draw();
}

void Console::draw() {
  std::string line;
  if (total_ > 0) {
    const double share = std::clamp(static_cast<double>(done_) / static_cast<double>(total_), 0.0, 1.0);
    const int filled = static_cast<int>(share * kBarWidth);
    const double spent = duration<double>(steady_clock::now() - began_).count();
    line = terminal_
               ? fmt::format("{:<18} [{}{}] {}/{}", what_, std::string(static_cast<size_t>(filled), '#'),
                             std::string(static_cast<size_t>(kBarWidth - filled), '.'), done_, total_)
               : fmt::format("{} {}/{}", what_, done_, total_);
    if (share > 0.02 && spent > 2) line += fmt::format("  {} left", clock_text(spent / share - spent));
  } else {
    line = what_;
  }
  if (!note_.empty()) line += "  " + note_;
  if (!terminal_) {
    fmt::print(stderr, "{}\n", line);
    return;
  }
  const auto columns = static_cast<size_t>(terminal_columns() - 1);
  if (line.size() > columns) line.resize(columns);
  fmt::print(stderr, "\r\x1b[K{}", line);
  std::fflush(stderr);
}

void Console::wipe() {
  if (terminal_) fmt::print(stderr, "\r\x1b[K");
}

void Console::say(std::string_view line) {
  fmt::print(json_ ? stderr : stdout, "{}\n", line);
}

int Console::finish(nlohmann::ordered_json object, const std::optional<Error>& error) {
  if (open_) {
    wipe();
    open_ = false;
  }
  if (error) print_error(*error);
  if (json_) {
    if (error) object["error"] = {{"what", error->what}, {"where", error->where}, {"next", error->next}};
    // Bytes from outside may not be UTF-8: replace them instead of throwing.
    fmt::print("{}\n", object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  }
  // A full disk behind stdout is a failure too.
  if (std::fflush(stdout) != 0) return static_cast<int>(Fault::kWork);
  return error ? static_cast<int>(error->fault) : 0;
}

}  // namespace dew::cli
