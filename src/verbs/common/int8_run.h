// Int8 nets as the device computes them, in this process.
#pragma once

#include <cstdint>
#include <vector>

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

}  // namespace dew::verbs
