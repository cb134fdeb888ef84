// Many independent pieces of work on all processors, with progress by their size.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/base.h"

namespace dew::verbs {

/// A piece's work. Its watch tells whether to stop, and passes nothing else on: pieces run beside each other.
using DoPiece = std::function<Result<void>(size_t piece, Watch& watch)>;

/// Does the pieces 0 … size.size() - 1 in this order, `jobs` at a time. `size`: how much each takes, in any
/// unit; `watch` sees a stage `doing` that counts it. `jobs` < 1: one for each processor. After an error no
/// other piece begins. Error: the first piece's, interrupted.
Result<void> do_pieces(const std::string& doing, const std::vector<double>& size, int jobs,
                       const DoPiece& work, Watch& watch);

/// As many as there are processors, or OMP_NUM_THREADS.
int processors();

}  // namespace dew::verbs
