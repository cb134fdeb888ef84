// Ring sizes: follows the engine's own order and counts the rows that are still needed.
#include "compiler/rings.h"

#include <algorithm>

#include "kernels/tables.h"

namespace dew::compiler {

std::vector<std::vector<int>> consumers(const std::vector<Step>& program) {
  std::vector<std::vector<int>> result(program.size());
  for (size_t i = 1; i < program.size(); ++i) {
    const dew_step& table = program[i].table;
    if (program[i].remembered) continue;
    result[table.in].push_back(static_cast<int>(i));
    if (table.in2 != DEW_NONE && table.in2 != table.in) result[table.in2].push_back(static_cast<int>(i));
  }
  return result;
}

WaveRun::WaveRun(const std::vector<Step>& program, const std::vector<std::vector<int>>& consumers)
    : consumers_(consumers) {
  for (const Step& step : program) {
    steps_.push_back(step.table);
    kept_.push_back(step.remembered || step.overwrites >= 0);
    overwrites_.push_back(step.overwrites);
  }
}

namespace {

/// The first row of step `source` that `reader` still needs after it has run `done` times.
int oldest_needed(const dew_step& reader, int source, int rows, int done) {
  if (done >= reader.events) return rows;
  int oldest = rows;
  if (reader.in == source) oldest = std::max(0, done * reader.stride - reader.pad);
  if (reader.in2 == source) oldest = std::min(oldest, rows == 1 ? 0 : done);
  return oldest;
}

}  // namespace

/// Whether everything that reads the step has run to its end.
bool WaveRun::all_read(int step) const {
  const auto& readers = consumers_[static_cast<size_t>(step)];
  return std::all_of(readers.begin(), readers.end(), [this](int reader) {
    const auto r = static_cast<size_t>(reader);
    return done_[r] == steps_[r].events;
  });
}

void WaveRun::ran(int step) {
  const auto at = static_cast<size_t>(step);
  const dew_step& table = steps_[at];
  if (overwrites_[at] >= 0 && !all_read(overwrites_[at])) too_early_ = true;
  const int newest = table.events == table.rows ? done_[at] : table.rows - 1;
  ++done_[at];
  int oldest = newest;
  for (const int reader : consumers_[at]) {
    const auto r = static_cast<size_t>(reader);
    oldest = std::min(oldest, oldest_needed(steps_[r], step, table.rows, done_[r]));
  }
  if (table.events != table.rows && table.events == 1) oldest = 0;  // all rows at once
  most_[at] = std::max(most_[at], newest - oldest + 1);
}

std::vector<int> WaveRun::rings(int first, int last) {
  done_.assign(steps_.size(), 0);
  most_.assign(steps_.size(), 1);
  too_early_ = false;
  for (int i = 0; i < first; ++i) done_[static_cast<size_t>(i)] = steps_[static_cast<size_t>(i)].events;
  const auto drain = [&](int from) {
    int at = from - 1;
    while ((at = dew_next(steps_.data(), done_.data(), from, last, at)) >= 0) ran(at);
  };
  if (first == 0) {
    for (int row = 0; row < steps_[0].rows; ++row) {
      ran(0);
      drain(1);
    }
  } else {
    drain(first);
  }
  if (too_early_) return {};
  std::vector<int> result;
  for (int i = first; i <= last; ++i) {
    const auto at = static_cast<size_t>(i);
    if (done_[at] != steps_[at].events) return {};
    const bool kept = kept_[at] || consumers_[at].empty() || consumers_[at].back() > last;
    result.push_back(kept ? steps_[at].rows : most_[at]);
  }
  return result;
}

}  // namespace dew::compiler
