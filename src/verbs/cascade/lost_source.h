// A source without an end that broke off: it is told once, and opened again after longer and longer pauses.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/base.h"

namespace dew::verbs {

class LostSource {
 public:
  using Steady = std::chrono::steady_clock;

  /// `watch` is told, and has to outlive it.
  LostSource(std::string source, Watch& watch) : source_(std::move(source)), watch_(watch) {}

  /// It broke off, or could not be opened again. True: it was there until now.
  bool lost(const std::string& why);
  /// Until it is worth a try: one second, twice as long each time, half a minute at most; or `stopped`.
  void pause(const std::function<bool()>& stopped);
  /// Something came of it.
  void is_back();

 private:
  const std::string source_;
  Watch& watch_;
  std::optional<Steady::time_point> since_;
  std::chrono::milliseconds pause_{0};
};

}  // namespace dew::verbs
