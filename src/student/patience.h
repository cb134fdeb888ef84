// While this lives, threads that wait for others sleep soon instead of spinning.
#pragma once

#include <ATen/Parallel.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace dew::student {

/// A step of training is some hundred small parallel parts. GCC's OpenMP lets threads that are done with
/// theirs spin for milliseconds, as fast as can be on a machine with nothing else to do; where another
/// process takes a core, all wait for the thread that lost it and burn what it would need (measured beside a
/// compiler: a fifth of the speed, three times the processor time). It spins a thousand times instead of
/// 300,000 as soon as it manages more threads than there are cores, which an idle team of one more thread
/// brings about; the variable OMP_WAIT_POLICY is read before main().
class Patience {
 public:
  Patience() : thread_([this] { rest(); }) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ready_; });
  }
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;
  ~Patience() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  void rest() {
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
