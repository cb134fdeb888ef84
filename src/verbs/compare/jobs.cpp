#include "verbs/compare/jobs.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>

#include "base/beside.h"

namespace dew::verbs {
namespace {

class StopWatch : public Watch {
 public:
  explicit StopWatch(const std::atomic<bool>& stop) : stop_(stop) {}
  [[nodiscard]] bool interrupted() const override { return stop_; }

 private:
  const std::atomic<bool>& stop_;
};

/// What the threads of one do_pieces() share.
struct Shared {
  std::mutex mutex;
  std::condition_variable changed;
  size_t next = 0;
  int working = 0;
  double done = 0;
  std::optional<Error> failed;
  std::atomic<bool> stop{false};
};

/// A thread's loop: the next piece, until there is none.
void take_pieces(Shared& shared, const std::vector<double>& size, const DoPiece& work) {
  StopWatch watch(shared.stop);
  std::unique_lock lock(shared.mutex);
  while (!shared.stop && shared.next < size.size()) {
    const size_t piece = shared.next++;
    lock.unlock();
    const auto done = work(piece, watch);
    lock.lock();
    if (done) shared.done += size[piece];
    if (!done && !shared.failed) shared.failed = done.error();
    if (!done) shared.stop = true;
    shared.changed.notify_all();
  }
  --shared.working;
  shared.changed.notify_all();
}

/// Shows what is done until all threads are through.
void show(Shared& shared, Watch& watch) {
  std::unique_lock lock(shared.mutex);
  while (shared.working > 0) {
    shared.changed.wait_for(lock, std::chrono::milliseconds(200));
    const double done = shared.done;
    lock.unlock();
    if (watch.interrupted()) shared.stop = true;
    watch.advance(std::llround(done));
    lock.lock();
  }
}

}  // namespace

int processors() {
  if (const char* wanted = std::getenv("OMP_NUM_THREADS"); wanted != nullptr && std::atoi(wanted) > 0)
    return std::atoi(wanted);
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

Result<void> do_pieces(const std::string& doing, const std::vector<double>& size, int jobs,
                       const DoPiece& work, Watch& watch) {
  if (size.empty()) return {};
  const double all = std::accumulate(size.begin(), size.end(), 0.0);
  watch.begin(doing, std::llround(all));
  Shared shared;
  shared.working = std::min(jobs < 1 ? processors() : jobs, static_cast<int>(size.size()));
  std::vector<std::future<void>> threads;
  for (int i = shared.working; i > 0; --i)
    threads.push_back(beside([&] { take_pieces(shared, size, work); }));
  // Where no thread could be had, the work is done here, when it is asked for.
  for (auto& thread : threads)
    if (thread.wait_for(std::chrono::seconds(0)) == std::future_status::deferred) thread.get();
  show(shared, watch);
  watch.end();
  if (watch.interrupted()) return interrupted_error();
  if (shared.failed) return tl::unexpected(*shared.failed);
  return {};
}

}  // namespace dew::verbs
