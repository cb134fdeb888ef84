// The one who watches the work: sees progress and warnings, and can ask it to stop.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dew {

/// Passed down into every long piece of work. The base class sees nothing and never stops the work,
/// which is what tests and small calls want; the command line draws bars and listens for Ctrl-C.
/// Calls come from one thread at a time.
class Watch {
 public:
  Watch() = default;
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  virtual ~Watch() = default;

  /// A stage begins: `what` is a short verb phrase ("labelling"), `total` counts its units (0: unknown).
  virtual void begin(std::string_view what, int64_t total) { (void)what, (void)total; }
  /// `done` units so far; `note` stands behind the bar ("yes 12, no 30").
  virtual void advance(int64_t done, std::string_view note = {}) { (void)done, (void)note; }
  virtual void end() {}
  /// A sentence about what is being done: which run goes on, what the asking will cost.
  virtual void inform(const std::string& message) { (void)message; }
  /// Something the user should know that does not stop the work.
  virtual void warn(const std::string& message) { (void)message; }
  /// True once the user wants out: finish or drop the unit in hand, save, return interrupted_error().
  [[nodiscard]] virtual bool interrupted() const { return false; }
};

}  // namespace dew
