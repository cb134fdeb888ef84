// Raw keys by termios; signals stay on, so that Ctrl-C ends the wait for a key.
#include "cli/keys.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/base.h"
#include "cli/console.h"

namespace dew::cli {
namespace {

constexpr size_t kLongestLine = 4096;

/// One byte of stdin; nullopt at its end and from the first interrupt on.
std::optional<char> read_byte() {
  pollfd waits[] = {{STDIN_FILENO, POLLIN, 0}, {interrupt_descriptor(), POLLIN, 0}};
  while (poll(waits, 2, -1) < 0 && errno == EINTR) {
  }
  if (waits[1].revents != 0) return std::nullopt;
  char byte = 0;
  return read(STDIN_FILENO, &byte, 1) == 1 ? std::optional(byte) : std::nullopt;
}

void echo(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

Keys::Keys() : terminal_(isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &before_) == 0) {
  if (!terminal_) return;
  termios raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

Keys::~Keys() {
  if (terminal_) tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

std::optional<std::string> Keys::word() {
  constexpr char kErase = 0x7f;
  std::string text;
  echo("/");
  while (true) {
    const auto byte = read_byte();
    if (!byte) return std::nullopt;
    if (*byte == '\n' || *byte == '\r') break;
    if (*byte == kErase || *byte == '\b') {
      if (!text.empty()) text.pop_back(), echo("\b \b");
    } else if (static_cast<unsigned char>(*byte) >= 0x20 && text.size() < kLongestLine) {
      text += *byte;
      echo(std::string_view(&*byte, 1));
    }
  }
  echo("\n");
  return "/" + trim(text);
}

std::optional<std::string> Keys::next() {
  if (terminal_) {
    const auto byte = read_byte();
    if (!byte || *byte == 4) return std::nullopt;  // Ctrl-D
    if (*byte == '/') return word();
    return std::string(1, *byte == '\r' ? '\n' : *byte);
  }
  std::string line;
  while (true) {
    const auto byte = read_byte();
    if (!byte && line.empty()) return std::nullopt;
    if (!byte || *byte == '\n') return trim(line);
    if (line.size() < kLongestLine) line += *byte;
  }
}

}  // namespace dew::cli
