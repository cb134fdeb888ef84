// Threads that share the parts of one job after another.
#include "student/team.h"

#include <utility>

namespace dew::student {
namespace {

constexpr uint64_t kOneJob = uint64_t{1} << 32;
/// How often a thread looks before it sleeps: about 0.1 ms, longer than the gap between two jobs of a step
/// and short enough for other processes.
constexpr int kLooks = 3000;

int parts_of(uint64_t left) {
  return static_cast<int>(left % kOneJob);
}

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

/// Returns when `value` is no longer `old`.
template <typename T>
void wait_for_change(const std::atomic<T>& value, T old) {
  for (int look = 0; look < kLooks; ++look) {
    if (value.load(std::memory_order_acquire) != old) return;
    pause();
  }
  value.wait(old, std::memory_order_acquire);
}

}  // namespace

Team::Team(int threads) {
  for (int i = 1; i < threads; ++i) helpers_.emplace_back([this] { help(); });
}

Team::~Team() {
  over_ = true;
  left_ += kOneJob;
  left_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void Team::run(int parts, const std::function<void(int part)>& work) {
  if (parts <= 0) return;
  parts_ = parts;
  work_ = &work;
  unfinished_.store(parts, std::memory_order_relaxed);
  const uint64_t job = left_.load(std::memory_order_relaxed) / kOneJob + 1;
  left_.store(job * kOneJob + static_cast<uint64_t>(parts), std::memory_order_release);
  left_.notify_all();
  take_parts();
  for (int open = unfinished_.load(std::memory_order_acquire); open > 0;
       open = unfinished_.load(std::memory_order_acquire)) {
    wait_for_change(unfinished_, open);
  }
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void Team::help() {
  while (!over_) {
    const uint64_t left = left_.load(std::memory_order_acquire);
    if (parts_of(left) > 0) {
      take_parts();
    } else if (!over_) {
      wait_for_change(left_, left);
    }
  }
}

void Team::take_parts() {
  uint64_t left = left_.load(std::memory_order_acquire);
  while (parts_of(left) > 0) {
    if (!left_.compare_exchange_weak(left, left - 1, std::memory_order_acq_rel)) continue;
    try {
      (*work_)(parts_ - parts_of(left));
    } catch (...) {
      const std::lock_guard lock(mutex_);
      failure_ = std::current_exception();
    }
    if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_all();
    left = left_.load(std::memory_order_acquire);
  }
}

}  // namespace dew::student
