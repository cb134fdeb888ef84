// A classifier over frozen features that learns from pictures without a label as well.
#pragma once

#include <vector>

#include "base/base.h"
#include "student/train.h"

namespace dew::student {

/// The classes that pictures without a label show most likely: by the mean of what a net says and of what a
/// linear discriminant over a frozen backbone's features says. The discriminant (pooled covariance, shrunk)
/// is fitted to all pictures in turns: what was said of the unlabelled ones is their label in the next turn
/// (expectation maximisation, as in Nigam et al. 2000, "Text classification from labeled and unlabeled
/// documents using EM"; here the covariance is one for all). `features`: square roots are taken of them, so
/// none may be negative; of the labelled pictures, then of the others, in rows of one length. `label`:
/// 0...classes - 1, of the labelled ones. `net`: of the others, what a net that was taught by the labels
/// says, classes numbers each. Error: features that are not numbers.
Result<std::vector<int>> self_taught(const std::vector<std::vector<float>>& features,
                                     const std::vector<int>& label,
                                     const std::vector<std::vector<float>>& net);

/// Pixels of the side at which those features are computed for a net of `input` pixels: a backbone tells more
/// of a larger picture.
int self_taught_side(int input);

}  // namespace dew::student
