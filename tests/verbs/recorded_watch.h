// A Watch that keeps what it was told, and asks for the way out where a test wants it.
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "base/base.h"

namespace dew::testing {

class RecordedWatch : public Watch {
 public:
  void begin(std::string_view what, int64_t) override { begun.emplace_back(what); }
  void inform(const std::string& message) override { informed.push_back(message); }
  void warn(const std::string& message) override { warned.push_back(message); }
  [[nodiscard]] bool interrupted() const override { return questions-- <= 0; }

  mutable int64_t questions = std::numeric_limits<int64_t>::max();  ///< that interrupted() answers with no
  std::vector<std::string> begun;
  std::vector<std::string> informed;
  std::vector<std::string> warned;
};

/// Whether one of `texts` holds `part`.
inline bool some_hold(const std::vector<std::string>& texts, const std::string& part) {
  return std::any_of(texts.begin(), texts.end(),
                     [&part](const std::string& text) { return text.find(part) != std::string::npos; });
}

/// "what | where | next" of an error, or "fine".
template <typename T>
std::string error_of(const Result<T>& result) {
  return result ? "fine" : result.error().what + " | " + result.error().where + " | " + result.error().next;
}

}  // namespace dew::testing
