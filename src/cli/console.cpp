#include "cli/console.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

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

int lost = 0;  ///< errno of the first result that could not be written

/// fmt::print throws where the stream is full or nobody reads on, also out of a thread at work.
void put(std::FILE* stream, const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stream) == text.size();
  if (!written && stream == stdout && lost == 0) lost = errno;
}

void print_error(const Error& error) {
  put(stderr,
      fmt::format("dewdrop: {}\n", error.where.empty() ? error.what : error.where + ": " + error.what));
  if (!error.next.empty()) put(stderr, fmt::format("  {}\n", error.next));
}

/// Who reads a pipe shall not wait for the end of a verb that runs for hours.
void flush(std::FILE* stream) {
  if (std::fflush(stream) != 0 && stream == stdout && lost == 0) lost = errno;
}

/// The exit code of what was printed.
int finish_stdout() {
  flush(stdout);
  if (lost == 0 || lost == EPIPE) return 0;  // `| head` has seen what it wanted
  print_error(work_error(fmt::format("cannot write the result: {}", std::strerror(lost)), "standard output",
                         "make room there, or send it elsewhere")
                  .value());
  return static_cast<int>(Fault::kWork);
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

Console::Console(bool json, std::string project_words)
    : json_(json), project_words_(std::move(project_words)), terminal_(isatty(STDERR_FILENO) == 1) {}

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
  left_.begin(0);
  if (terminal_) draw();
}

void Console::advance(int64_t done, std::string_view note) {
  done_ = done;
  note_ = note;
  const auto now = steady_clock::now();
  left_.advance(done, duration<double>(now - began_).count());
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
  put(stderr,
      fmt::format("{}{}{}{} ({})\n", what_, count, note_.empty() ? "" : "  ", note_, clock_text(seconds)));
}

void Console::inform(const std::string& message) {
  wipe();
  say(message);
  if (open_ && terminal_) draw();
}

void Console::warn(const std::string& message) {
  wipe();
  put(stderr, fmt::format("warning: {}\n", message));
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
    const auto left = left_.seconds(total_, spent);
    if (left && share > 0.02 && spent > 2) line += fmt::format("  {} left", clock_text(*left));
  } else {
    line = what_;
  }
  if (!note_.empty()) line += "  " + note_;
  if (!terminal_) {
    put(stderr, fmt::format("{}\n", line));
    return;
  }
  const auto columns = static_cast<size_t>(terminal_columns() - 1);
  if (line.size() > columns) line.resize(columns);
  put(stderr, fmt::format("\r\x1b[K{}", line));
  std::fflush(stderr);
}

void Console::wipe() {
  if (terminal_) put(stderr, "\r\x1b[K");
}

void Console::say(std::string_view line) {
  std::FILE* const to = json_ || keeps_stdout_ ? stderr : stdout;
  put(to, std::string(line) + "\n");
  flush(to);
}

void Console::stream(std::string_view line) {
  put(stdout, std::string(line) + "\n");
  flush(stdout);
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
    put(stdout, object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  }
  const int code = error ? static_cast<int>(error->fault) : 0;
  return std::max(code, finish_stdout());
}

int print_all(const std::string& text) {
  put(stdout, text);
  return finish_stdout();
}

}  // namespace dew::cli
