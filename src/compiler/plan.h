// The plan: what the compiler decided, as data. The host runs it, the emitter prints it, reports draw it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace dew::compiler {

/// A buffer of the arena and the steps during which it lives.
struct Placement {
  std::string name;
  int64_t offset = 0;
  int64_t bytes = 0;
  int first_step = 0;
  int last_step = 0;  ///< inclusive
};

struct Plan {
  std::string symbol;
  graph::Rounding rounding = graph::Rounding::kDew;
  std::vector<std::string> classes;
  graph::Tensor input;  ///< shape, type and quantisation
  graph::Tensor output;
  int64_t macs = 0;
  int64_t weights_bytes = 0;  ///< all constants, packed
  int64_t arena_bytes = 0;
  std::vector<std::string> steps;  ///< names, for timelines
  std::vector<Placement> placements;
};

}  // namespace dew::compiler
