// The schedule: which steps run together as a wave, and how many rows each tensor keeps.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/compiler.h"
#include "compiler/plan.h"

namespace dew::compiler {

/// Sets plan.waves and every step's ring. Plan::program must be complete except for rings and offsets.
void schedule(Plan& plan, Schedule kind);

/// Places all rings and scratch in one arena. Sets plan.placements, plan.arena_bytes and the steps' offsets.
void place(Plan& plan);

/// The wave a step runs in.
int wave_of(const Plan& plan, int step);

}  // namespace dew::compiler
