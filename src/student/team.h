// Threads that share the parts of one job after another.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dew::student {

/// A training step consists of some hundred jobs of a fraction of a millisecond each. OpenMP gives each
/// thread its share before a job begins, so that all wait for a thread that sleeps or has lost its core to
/// another process, and waking one costs as much as the job. Here each thread that is awake takes the next
/// part: a thread that comes late finds less to do, and none waits for it.
class Team {
 public:
  explicit Team(int threads);  ///< the caller of run() is one of them
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;
  ~Team();

  /// Calls work(part) for each part in 0 ... parts - 1, in no order, and returns when all are done. Throws
  /// what one of them threw. Only one thread at a time may call it, and not from inside work.
  void run(int parts, const std::function<void(int part)>& work);

 private:
  void help();
  void take_parts();

  // The number of the job, and below it the parts not taken yet: a thread that was delayed for long cannot
  // mistake a part of a later job for one of its own.
  alignas(64) std::atomic<uint64_t> left_{0};
  alignas(64) std::atomic<int> unfinished_{0};
  std::atomic<bool> over_{false};
  // Of the current job; constant while parts of it are unfinished.
  alignas(64) int parts_ = 0;
  const std::function<void(int)>* work_ = nullptr;
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::vector<std::thread> helpers_;
};

}  // namespace dew::student
