// Threads that share out the parts of one job after another.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dew::student {

/// A step of training is some hundred jobs of a fraction of a millisecond each. OpenMP gives each thread its
/// share before a job begins, so that all wait for a thread which sleeps or lost its core to another process;
/// waking one costs as much as the job. Here whoever is awake takes the next part: a helper that comes late
/// finds less to do, and nobody waits for it.
class Team {
 public:
  explicit Team(int threads);  ///< the caller of run() is one of them
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;
  ~Team();

  /// Calls work(part) for each part in 0 ... parts - 1, in no order, and returns when all are done. Throws
  /// what one of them threw. To be called by one thread at a time, not from inside work.
  void run(int parts, const std::function<void(int part)>& work);

 private:
  void help();
  void take_parts();

  // The parts nobody has taken yet, below the number of the job: a thread that was held up for long cannot
  // take a part of a later job for one of its own.
  alignas(64) std::atomic<uint64_t> left_{0};
  alignas(64) std::atomic<int> unfinished_{0};
  std::atomic<bool> over_{false};
  // Of the job that goes on; constant while parts of it are unfinished.
  alignas(64) int parts_ = 0;
  const std::function<void(int)>* work_ = nullptr;
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::vector<std::thread> helpers_;
};

}  // namespace dew::student
