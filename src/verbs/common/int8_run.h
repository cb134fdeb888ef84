// Int8 nets as the device computes them, in this process.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/compiler.h"
#include "store/store.h"
#include "student/quantise.h"

namespace dew::verbs {

/// How the project's settings want a net rounded.
student::QuantiseSettings quantise_settings(const Settings& settings, uint64_t seed);

/// A row of probabilities a picture, by the compiled plan. `pictures`: RGB of the graph's input size. Error:
/// what the compiler cannot compile, out of memory, interrupted.
Result<std::vector<std::vector<float>>> run_int8(const graph::Graph& graph,
                                                 const std::vector<std::vector<uint8_t>>& pictures,
                                                 Watch& watch);

/// The two halves of it, for a net that is asked again and again: compiled for this machine, and run.
Result<compiler::Plan> plan_for_host(const graph::Graph& graph);
Result<std::vector<std::vector<float>>> run_plan(const compiler::Plan& plan,
                                                 const std::vector<std::vector<uint8_t>>& pictures,
                                                 Watch& watch);

}  // namespace dew::verbs
