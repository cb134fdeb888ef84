// trigger: the events of one class, frame by frame. The same C as on the device (kernels/dew_trigger.h).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/base.h"
#include "kernels/dew_trigger.h"

namespace dew::cascade {

/// When a class is an event. Scores are what the net says, 0 to 1; the device compares them in steps of
/// 1/255.
struct Rule {
  std::string event_class;
  double on = 0.5;    ///< a frame speaks for the class from this score upwards ...
  double off = 0.35;  ///< ... and against it below this one; at most `on`
  int n = 3;  ///< the n-th of the last m frames that speaks for it begins the event; against it, ends it
  int m = 5;  ///< 1 <= n <= m <= 32
  double rest = 2;    ///< seconds after an event in which none begins
  double quiet = 10;  ///< seconds in which no frame speaks for it, after which an event ends; 0: never
  bool operator==(const Rule&) const = default;
};

/// Error (usage): a value outside its range, named.
Result<void> check_rule(const Rule& rule);

/// A score in the device's steps: 0 to 255.
uint8_t score_step(double score);

/// Makes scores less extreme (above 1) or more: see dew_trigger_temper().
class Temper {
 public:
  explicit Temper(double temperature);
  [[nodiscard]] bool changes() const { return changes_; }
  [[nodiscard]] const std::array<uint16_t, 256>& powers() const { return powers_; }
  /// Of one frame: all the classes' scores.
  void apply(std::vector<uint8_t>& scores) const;

 private:
  bool changes_;
  std::array<uint16_t, 256> powers_{};
};

enum class Change { kNothing, kBegins, kEnds };

/// The rule as the device has it. `rule` is within its ranges.
dew_trigger_rule on_the_device(const Rule& rule);

class Trigger {
 public:
  explicit Trigger(const Rule& rule);
  /// The next frame's score, and when it was taken. `seconds` never go back.
  Change push(uint8_t score, double seconds);
  [[nodiscard]] bool open() const { return state_.open != 0; }

 private:
  dew_trigger_rule rule_;
  dew_trigger_state state_{};
};

}  // namespace dew::cascade
