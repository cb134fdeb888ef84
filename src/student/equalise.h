// Cross-layer equalisation (Nagel et al., arXiv 1906.04721, section 4.1), where it is exact.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/base.h"
#include "student/fold.h"

namespace dew::student {

/// Scales channels so that those of one tensor, which share one int8 scale, use it evenly. The net computes
/// the same function as before.
///
/// Only channels between a linear projection and the convolutions that read it are scaled. There is no
/// activation between the two, so that dividing a channel where it is written and multiplying its weights
/// where it is read changes nothing. Residuals add projections up: all that write to one sum share their
/// factors, and so do all that read it. Through a ReLU6 a factor k would move the clip to 6 / k, a different
/// one for each channel, which int8's clamp of a whole tensor cannot do.
///
/// Where a channel is written its weights have a scale of their own, so nothing can be gained there; balanced
/// are a channel's range over `pictures` and its weights in the convolutions that read it. Error: pictures of
/// a wrong size, interrupted. Throws what LibTorch throws.
Result<void> equalise(FoldedNet& net, std::span<const std::vector<uint8_t>> pictures, Watch& watch);

}  // namespace dew::student
