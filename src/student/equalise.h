// Cross-layer equalisation (Nagel et al., arXiv 1906.04721, section 4.1), where it is exact.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/base.h"
#include "student/fold.h"

namespace dew::student {

/// Scales channels so that those of one tensor, which share one int8 scale, use it alike; the net computes
/// what it did.
///
/// Only channels between a linear projection and the convolutions that read it are scaled. There no
/// activation stands between, so that dividing a channel where it is written and multiplying its weights
/// where it is read changes nothing. Residuals add projections up: all that write to one sum share their
/// factors, and so do all that read it. Through a ReLU6 a factor k would move the clip to 6 / k, for each
/// channel another one, which int8's clamp of a whole tensor cannot do.
///
/// Weights are per channel where they are written, so nothing is to be gained there; what is evened out is a
/// channel's range over `pictures` against its weights in the convolutions that read it. Error: pictures of a
/// wrong size, interrupted. Throws what LibTorch throws.
Result<void> equalise(FoldedNet& net, std::span<const std::vector<uint8_t>> pictures, Watch& watch);

}  // namespace dew::student
