// Before any work of this room: how many threads it may take. After a failed one: what to tell people.
#include "student/door.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "student/threads.h"

namespace dew::student {
namespace {

std::atomic<int> limit{0};  ///< 0: none

}  // namespace

ThreadLimit::ThreadLimit(int threads) {
  limit = std::max(1, threads);
}

ThreadLimit::~ThreadLimit() {
  limit = 0;
}

Error thrown_error(const std::string& doing, const std::string& text) {
  // LibTorch's allocator has no exception of its own and is known by its words.
  if (text.find("allocate memory") != std::string::npos ||
      text.find("not enough memory") != std::string::npos) {
    return work_error("out of memory while " + doing, {}, "use a smaller batch, input or alpha").value();
  }
  // LibTorch's texts carry a backtrace after the first line.
  const std::string line = printable(text.substr(0, text.find('\n')), 300);
  return work_error(doing + " failed: " + line).value();
}

void use_all_cores() {
  static const bool chosen_by_user = std::getenv("OMP_NUM_THREADS") != nullptr;
  if (chosen_by_user && limit == 0) return;
  // LibTorch counts physical cores, and on virtual machines often finds one where there are two.
  static const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int wanted = limit == 0 ? cores : limit.load();
  if (at::get_num_threads() != wanted) at::set_num_threads(wanted);
}

}  // namespace dew::student
