// weights.pt: a trained net on disk.
#pragma once

#include "base/base.h"
#include "student/layout.h"

namespace dew::student {

/// Writes `folder`/weights.pt, whole or not at all: one tensor by name for each weight and batch norm.
Result<void> save_weights(const fs::path& folder, const Weights& weights);

/// Error: missing, truncated, foreign, of another shape than it says, or with a number that is none.
Result<Weights> load_weights(const fs::path& folder);

/// What a net may be: alpha in (0, 2], input a multiple of 16 from 32 to 512, 2 to 1000 classes.
Result<void> check_dimensions(double alpha, int input, int classes);

/// The same of a whole net; its layers. Error: a net that does not exist, a head or a number of blocks that
/// it cannot have.
Result<Architecture> check_net(const Architecture& wanted);

}  // namespace dew::student
