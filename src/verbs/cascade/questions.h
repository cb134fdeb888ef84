// The large model behind the cascade: a thread that asks about events while others are watched for.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cascade/asker.h"
#include "verbs/cascade/cascade.h"

namespace dew::verbs {

/// Asks what is submitted. What it has to say goes to the functions that it is given, from its own thread.
class Questions {
 public:
  struct Tells {
    std::function<void(const std::string& warning)> warn;
    std::function<void(const Event&, const EventQuestion&)> settled;
  };

  /// Absent: nobody is to be asked, as no question is set. Error (usage): a question and no teacher, a schema
  /// that cannot be read, make_teacher()'s.
  static Result<std::unique_ptr<Questions>> open(const Project& project, const Settings& settings,
                                                 const CascadeArgs& args, Tells tells);
  ~Questions();
  Questions(const Questions&) = delete;
  Questions& operator=(const Questions&) = delete;

  Result<void> submit(int64_t event);
  /// Ends the thread, once; what is on its way is waited for, 10 seconds at most.
  void stop();
  [[nodiscard]] bool runs() const { return runs_; }
  [[nodiscard]] Result<cascade::AskFigures> figures() const { return asker_.figures(); }

 private:
  explicit Questions(cascade::Asker asker, Tells tells);
  void run();

  cascade::Asker asker_;
  Tells tells_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> runs_ = true;
  std::thread thread_;
};

}  // namespace dew::verbs
