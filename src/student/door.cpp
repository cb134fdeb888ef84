// Before any work of this room: how many threads it may take.
#include "student/door.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

namespace dew::student {

void use_all_cores() {
  static const bool told = std::getenv("OMP_NUM_THREADS") != nullptr;
  if (told) return;
  // LibTorch counts physical cores, and on virtual machines often finds one where there are two.
  static const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  if (at::get_num_threads() != cores) at::set_num_threads(cores);
}

}  // namespace dew::student
