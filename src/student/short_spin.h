// While this lives, OpenMP's waiting threads go to sleep soon instead of spinning for milliseconds.
#pragma once

#include <ATen/Parallel.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace dew::student {

/// A training step consists of some hundred small parallel loops. GCC's OpenMP lets threads that have
/// finished theirs spin for milliseconds. That is fastest on an idle machine; where another process takes a
/// core, all threads wait for the one that lost it and burn the time that it needs (measured beside a
/// compiler: a fifth of the speed, three times the processor time). OpenMP spins 1,000 times instead of
/// 300,000 as soon as it manages more threads than there are cores, so this keeps a second, idle team of
/// threads alive. The variable OMP_WAIT_POLICY is no alternative: it is read before main().
class ShortSpin {
 public:
  ShortSpin() : thread_([this] { hold_idle_team(); }) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ready_; });
  }
  ShortSpin(const ShortSpin&) = delete;
  ShortSpin& operator=(const ShortSpin&) = delete;
  ~ShortSpin() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  void hold_idle_team() {
    at::parallel_for(0, at::get_num_threads(), 1, [](int64_t, int64_t) {});
    std::unique_lock lock(mutex_);
    ready_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return over_; });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool ready_ = false;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace dew::student
