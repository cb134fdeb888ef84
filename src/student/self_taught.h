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

/// How many labelled pictures are named right by classifiers that did not learn from them.
struct HeldOut {
  int64_t pictures = 0;
  int64_t alone = 0;            ///< by the other labels
  int64_t with_unlabelled = 0;  ///< by those and the pictures without a label
};

/// What the unlabelled pictures bring, judged by the labelled ones: each is held out in its turn (of many,
/// some together), a linear classifier learns from the other labels, and as in self_taught() a discriminant
/// from all pictures. `features` and `label` as there. Error: features that are not numbers; interrupted.
Result<HeldOut> judge_unlabelled(const std::vector<std::vector<float>>& features,
                                 const std::vector<int>& label, int classes, const Watch& watch);

/// Pixels of the side at which those features are computed for a net of `input` pixels: a backbone tells more
/// of a larger picture.
int self_taught_side(int input);

}  // namespace dew::student
