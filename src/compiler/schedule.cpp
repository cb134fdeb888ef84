// The search for the waves. kLayers: every step is a wave of its own, every tensor whole. kRows: the cuts
// between waves are chosen so that the most expensive wave is as cheap as possible.
#include "compiler/schedule.h"

#include <algorithm>
#include <limits>

#include "compiler/rings.h"

namespace dew::compiler {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

int64_t aligned(int64_t bytes) {
  return (bytes + 3) / 4 * 4;
}

/// What the net remembers is always there, so it makes no wave cheaper or dearer.
bool always_there(const Step& step) {
  return step.remembered || step.overwrites >= 0;
}

/// The bytes that a wave of steps [first, last] needs: its rings, tensors that outlive it, and its scratch.
class WaveCosts {
 public:
  explicit WaveCosts(const Plan& plan)
      : plan_(plan), readers_(consumers(plan.program)), run_(plan.program, readers_) {}

  int64_t operator()(int first, int last) {
    const auto rings = run_.rings(first, last);
    if (rings.empty()) return kNever;
    int64_t bytes = passing(first);
    int64_t shared_scratch = 0;
    for (int i = first; i <= last; ++i) {
      const Step& step = plan_.program[static_cast<size_t>(i)];
      if (!always_there(step))
        bytes += aligned(int64_t{rings[static_cast<size_t>(i - first)]} * step.table.row_bytes);
      if (step.scratch_kept)
        bytes += aligned(step.scratch_bytes);
      else
        shared_scratch = std::max(shared_scratch, aligned(step.scratch_bytes));
    }
    return bytes + shared_scratch;
  }

  std::vector<int> rings(int first, int last) { return run_.rings(first, last); }

 private:
  /// The bytes of tensors from earlier waves that this wave or a later one reads.
  [[nodiscard]] int64_t passing(int first) const {
    int64_t bytes = 0;
    for (int i = 0; i < first; ++i) {
      const auto& readers = readers_[static_cast<size_t>(i)];
      const Step& step = plan_.program[static_cast<size_t>(i)];
      const dew_step& table = step.table;
      if (!always_there(step) && !readers.empty() && readers.back() >= first)
        bytes += aligned(int64_t{table.rows} * table.row_bytes);
    }
    return bytes;
  }

  const Plan& plan_;
  std::vector<std::vector<int>> readers_;
  WaveRun run_;
};

/// The cuts with the lowest peak and, among those, the fewest waves. Dynamic programming as in breaking a
/// paragraph into lines: for every last step, the best first step of its wave.
std::vector<uint16_t> best_cuts(const Plan& plan, WaveCosts& costs) {
  const int steps = static_cast<int>(plan.program.size());
  std::vector<std::vector<int64_t>> cost(static_cast<size_t>(steps));
  std::vector<int64_t> peak(static_cast<size_t>(steps) + 1, kNever);
  peak[0] = 0;
  for (int last = 0; last < steps; ++last) {
    auto& row = cost[static_cast<size_t>(last)];
    for (int first = 0; first <= last; ++first) {
      row.push_back(costs(first, last));
      auto& best = peak[static_cast<size_t>(last) + 1];
      best = std::min(best, std::max(peak[static_cast<size_t>(first)], row.back()));
    }
  }
  const int64_t allowed = peak.back();
  std::vector<int> waves(static_cast<size_t>(steps) + 1, steps + 1);
  std::vector<int> first_of(static_cast<size_t>(steps) + 1, 0);
  waves[0] = 0;
  for (size_t end = 1; end <= static_cast<size_t>(steps); ++end) {
    for (size_t first = 0; first < end; ++first) {
      if (cost[end - 1][first] > allowed || waves[first] + 1 >= waves[end]) continue;
      waves[end] = waves[first] + 1;
      first_of[end] = static_cast<int>(first);
    }
  }
  std::vector<uint16_t> cuts = {static_cast<uint16_t>(steps)};
  for (int end = steps; end > 0; end = first_of[static_cast<size_t>(end)])
    cuts.push_back(static_cast<uint16_t>(first_of[static_cast<size_t>(end)]));
  std::reverse(cuts.begin(), cuts.end());
  return cuts;
}

}  // namespace

int wave_of(const Plan& plan, int step) {
  int wave = 0;
  while (plan.waves[static_cast<size_t>(wave) + 1] <= step) ++wave;
  return wave;
}

void schedule(Plan& plan, Schedule kind) {
  WaveCosts costs(plan);
  plan.waves.clear();
  if (kind == Schedule::kRows)
    plan.waves = best_cuts(plan, costs);
  else
    for (size_t i = 0; i <= plan.program.size(); ++i) plan.waves.push_back(static_cast<uint16_t>(i));
  for (size_t wave = 0; wave + 1 < plan.waves.size(); ++wave) {
    const int first = plan.waves[wave];
    const auto rings = costs.rings(first, plan.waves[wave + 1] - 1);
    for (size_t i = 0; i < rings.size(); ++i)
      plan.program[static_cast<size_t>(first) + i].table.ring = static_cast<uint16_t>(rings[i]);
  }
}

}  // namespace dew::compiler
