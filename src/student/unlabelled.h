// Training that learns from pictures without a label as well.
#pragma once

#include <vector>

#include "student/train.h"

namespace dew::student {

/// What is learned from that has no label; at most so many pictures are worth their time.
inline constexpr size_t kMostUnlabelled = 2'000;

/// Whether pictures without a label are learned from at all: from a backbone, and where there are as many of
/// them as labelled ones and few of these, since the second training is long.
bool learns_from_unlabelled(size_t labelled, size_t unlabelled, const TrainSettings& settings);

/// train(); then, where learns_from_unlabelled() and judge_unlabelled() finds that more is named right with
/// the unlabelled pictures, its net and a discriminant over the backbone's features say
/// together what the unlabelled pictures show (see self_taught.h), and another net is taught by the labels
/// and by that (pseudo-labels, Lee 2013). That net is kept unless the validation pictures speak against it:
/// it may lose one of a hundred, and one in any case. `unlabelled`: their classes mean nothing. Below
/// `folder` everything lies as train() leaves it, so that the same call resumes. Error: train()'s.
Result<Trained> train_with_unlabelled(const std::vector<Example>& examples,
                                      const std::vector<Example>& unlabelled,
                                      const std::vector<Example>& validation, const TrainSettings& settings,
                                      const fs::path& folder, Watch& watch);

/// Passes over labelled and unlabelled pictures together: as many steps as a few hundred labelled pictures
/// take.
int epochs_with_unlabelled(size_t pictures, int epochs);

}  // namespace dew::student
