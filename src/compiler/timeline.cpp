// The memory plan as text: one line per buffer, one column per step.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/compiler.h"

namespace dew::compiler {

std::string timeline(const Plan& plan) {
  std::string out =
      fmt::format("arena {} bytes, {} steps\n", with_commas(plan.arena_bytes), plan.steps.size());
  auto buffers = plan.placements;
  std::stable_sort(buffers.begin(), buffers.end(),
                   [](const Placement& a, const Placement& b) { return a.first_step < b.first_step; });
  out += fmt::format("{:>9} {:>9}  steps\n", "offset", "bytes");
  for (const Placement& buffer : buffers) {
    std::string line(plan.steps.size(), '.');
    for (int step = buffer.first_step; step <= buffer.last_step; ++step)
      line[static_cast<size_t>(step)] = '#';
    out += fmt::format("{:>9} {:>9}  {}  {}\n", with_commas(buffer.offset), with_commas(buffer.bytes), line,
                       printable(buffer.name));
  }
  return out;
}

}  // namespace dew::compiler
