// Layer by layer: every step a wave of its own, every tensor whole.
#include "compiler/schedule.h"

#include "compiler/rings.h"

namespace dew::compiler {

int wave_of(const Plan& plan, int step) {
  int wave = 0;
  while (plan.waves[static_cast<size_t>(wave) + 1] <= step) ++wave;
  return wave;
}

void schedule(Plan& plan, Schedule kind) {
  (void)kind;
  plan.waves.clear();
  for (size_t i = 0; i <= plan.program.size(); ++i) plan.waves.push_back(static_cast<uint16_t>(i));
  for (Step& step : plan.program) step.table.ring = step.table.rows;
}

}  // namespace dew::compiler
