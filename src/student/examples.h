// What every training checks before it begins and measures while it runs. LibTorch does not show.
#pragma once

#include <string>
#include <vector>

#include "student/fold.h"
#include "student/student.h"

namespace dew::student {

/// The net that is wanted. Error: there is none such.
Result<Architecture> architecture_of(const TrainSettings& settings);

/// Every picture has the right size and every answer is a class; `kind` is "training" or "validation".
Result<void> check_examples(const std::vector<Example>& examples, const TrainSettings& settings,
                            const std::string& kind);

/// Error: fewer than two pictures, or a class that none of them shows.
Result<void> check_classes(const std::vector<Example>& examples, int classes);

/// Changes whenever the pictures, their order or their answers do.
std::string data_mark(const std::vector<Example>& examples, const std::vector<Example>& validation);

/// Mean loss and accuracy of a net on pictures as they are; zeros where there are none.
struct Scores {
  double loss = 0;
  double accuracy = 0;
};
Scores evaluate(const FoldedNet& net, const std::vector<Example>& examples);

/// An epoch in words, for people who watch.
std::string note(const EpochFigures& figures, bool validated);

}  // namespace dew::student
