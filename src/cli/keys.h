// Decisions from the keyboard: a key at a time on a terminal, a line at a time from a pipe.
#pragma once

#include <termios.h>

#include <optional>
#include <string>

namespace dew::cli {

/// While it lives, a terminal on stdin gives keys at once and unseen; afterwards it is as before. Ctrl-C
/// still interrupts. A pipe is left alone.
class Keys {
 public:
  Keys();
  ~Keys();
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  [[nodiscard]] bool terminal() const { return terminal_; }
  /// One key of a terminal ('/' begins a word, which is echoed and ends with Enter), or one line without its
  /// end and the blanks around it. nullopt: stdin has ended, or Ctrl-C.
  std::optional<std::string> next();

 private:
  std::optional<std::string> word();
  termios before_{};
  bool terminal_ = false;
};

}  // namespace dew::cli
