// Pretraining: a backbone learns the features of a larger net (distillation).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/base.h"

namespace dew::student {

/// The dense layer behind the teacher's features, as reals: scores = weights * features + bias, where a
/// feature is scale * (int8 - zero_point).
struct TeacherHead {
  int features = 0;
  int outputs = 0;
  float scale = 0;
  int zero_point = 0;
  std::vector<float> weights;  ///< [outputs, features]
  std::vector<float> bias;
};

/// What a backbone learns from: views of pictures, and a larger net's features of each view.
struct PretrainData {
  int size = 0;                   ///< side of a view in pixels
  int views = 0;                  ///< of each picture; a picture's views follow one another
  std::vector<uint8_t> pictures;  ///< [pictures * views, size, size, 3]
  std::vector<uint8_t> targets;   ///< [pictures * views, head.features], int8
  TeacherHead head;
};

/// A part of pretraining with one size of the input.
struct PretrainStage {
  int input = 0;
  int epochs = 0;  ///< an epoch shows one view of each picture
};

struct PretrainSettings {
  double alpha = 0.35;
  std::vector<PretrainStage> stages;
  int batch = 64;
  double learning_rate = 4e-3;
  double weight_decay = 0.05;
  double temperature = 2.0;      ///< of both softmaxes
  double features_weight = 2.0;  ///< of the loss on features, relative to that on scores
  uint64_t seed = 1;
  fs::path from;       ///< a backbone to start from; empty: random weights
  std::string name;    ///< what the backbone will be called
  std::string origin;  ///< what its file says about where it comes from
};

/// Distils a larger net into a MobileNetV2 without a head (Hinton et al., arXiv 1503.02531; the student sees
/// the same views as the teacher, which Beyer et al., arXiv 2106.05237, found to matter): its features are to
/// equal the teacher's, and the teacher's own dense layer is to read the same scores off them. Writes
/// `folder`/backbone.dewb and a checkpoint after every epoch, and resumes from it. Error: data whose parts do
/// not match, a teacher with another number of features, a loss that is not a number, out of memory,
/// interrupted.
Result<void> pretrain(const PretrainData& data, const PretrainSettings& settings, const fs::path& folder,
                      Watch& watch);

}  // namespace dew::student
