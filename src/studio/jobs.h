// jobs: verbs at work in the server. One job of a lane runs at a time, those of different lanes side by side;
// where they are can be seen at any moment, from any page.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/base.h"
#include "verbs/common/outcome.h"

namespace dew::studio {

/// What a verb came to.
struct Worked {
  verbs::Json outcome;
  std::optional<Error> stopped;  ///< half-way, with the outcome of what was done
};

/// What waits for which: uploads do not wait for a training, and a camera is watched until somebody stops it.
enum class Lane { kAdd, kAsk, kCompute, kWatch };

class Jobs {
 public:
  using Work = std::function<Result<Worked>(Watch&)>;

  /// `changed` is called whenever a job has, from any thread.
  explicit Jobs(std::function<void()> changed) : changed_(std::move(changed)) {}
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;
  ~Jobs();  ///< asks all to stop, and waits

  /// Gives its number. `alone`: absent where a job of this verb waits or runs.
  std::optional<int64_t> start(const std::string& verb, Lane lane, bool alone, Work work);
  /// False: there is no such job. One that waits is stopped at once, one that runs as soon as its verb can.
  bool stop(int64_t id);

  /// {"id", "verb", "state", ...}; absent: there is no such job. Jobs that ended are kept for a while.
  [[nodiscard]] std::optional<verbs::Json> find(int64_t id) const;
  [[nodiscard]] verbs::Json all() const;
  /// Whether a job of this verb waits or runs.
  [[nodiscard]] bool busy(const std::string& verb) const;
  /// The newest job of this verb that waits or runs; absent: none does.
  [[nodiscard]] std::optional<verbs::Json> active(const std::string& verb) const;
  /// The newest job of this verb that waits; absent: none does.
  [[nodiscard]] std::optional<verbs::Json> waiting(const std::string& verb) const;
  /// Those that changed after this moment, and the present one.
  [[nodiscard]] std::pair<std::vector<verbs::Json>, int64_t> since(int64_t moment) const;

 private:
  class Seen;
  struct Job;
  struct Queue {
    std::deque<std::shared_ptr<Job>> waiting;
    std::thread thread;
  };
  void run(Lane lane);
  void touch(Job& job);  ///< with `mutex_` locked
  void forget_old();     ///< with `mutex_` locked
  [[nodiscard]] bool busy_now(const std::string& verb) const;

  std::function<void()> changed_;
  mutable std::mutex mutex_;  ///< guards what is below
  std::condition_variable wake_;
  std::map<int64_t, std::shared_ptr<Job>> jobs_;
  std::map<Lane, Queue> lanes_;
  /// Numbers that no earlier server gave: a page that was open then sees that its jobs are over.
  int64_t last_id_ = std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
  int64_t moment_ = 0;
  bool ending_ = false;
};

}  // namespace dew::studio
