// What every training checks before it begins, and a net's figures on examples. LibTorch does not show.
#pragma once

#include <string>
#include <vector>

#include "student/fold.h"
#include "student/train.h"

namespace dew::student {

/// The wanted net. Error: it cannot be.
Result<Architecture> architecture_of(const TrainSettings& settings);

/// Every picture has the right size and every answer is a class; `kind` is "training" or "validation".
Result<void> check_examples(const std::vector<Example>& examples, const TrainSettings& settings,
                            const std::string& kind);

/// Error: fewer than two pictures, or a class without a picture.
Result<void> check_classes(const std::vector<Example>& examples, int classes);

/// What a picture of each class weighs: (even share of the pictures / the class's share) to the power of
/// `balance`, so that the weights are 1 at 0 and all classes weigh the same at 1. Every class has a picture.
std::vector<double> class_weights(const std::vector<Example>& examples, int classes, double balance);

/// Mean loss and accuracy of a net on pictures as they are; zeros where there are none.
struct Scores {
  double loss = 0;
  double accuracy = 0;
};
Scores evaluate(const FoldedNet& net, const std::vector<Example>& examples);

}  // namespace dew::student
