// What a decoder says to the thread of its source goes to the inbox.
#pragma once

#include <atomic>
#include <string>

#include "verbs/cascade/watching.h"

namespace dew::verbs {

class ThreadWatch : public Watch {
 public:
  ThreadWatch(Inbox<Sight>& inbox, const std::atomic<bool>& stop) : inbox_(inbox), stop_(stop) {}
  void warn(const std::string& message) override { inbox_.put(SawWarning{message}); }
  [[nodiscard]] bool interrupted() const override { return stop_; }

 private:
  Inbox<Sight>& inbox_;
  const std::atomic<bool>& stop_;
};

}  // namespace dew::verbs
