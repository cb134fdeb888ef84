// weights.pt: a trained net on disk.
#pragma once

#include "base/base.h"
#include "student/architecture.h"

namespace dew::student {

/// Writes `folder`/weights.pt, whole or not at all: a named tensor for each weight and batch norm.
Result<void> save_weights(const fs::path& folder, const Weights& weights);

/// Error: missing, truncated, foreign, of another shape than it says, or with a value that is not a number.
Result<Weights> load_weights(const fs::path& folder);

/// Error (usage): outside the limits of store/student_options.h.
Result<void> check_dimensions(double alpha, int input, int classes);

/// The wanted net with its layers. Error (usage): as check_dimensions(); a net that does not exist, a head or
/// a number of blocks that it cannot have.
Result<Architecture> check_net(const Architecture& wanted);

}  // namespace dew::student
