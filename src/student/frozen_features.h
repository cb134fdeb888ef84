// Features of the training pictures as the net sees them before it is trained.
#pragma once

#include <cstdint>
#include <vector>

#include "student/backbone.h"
#include "student/layout.h"
#include "student/train.h"

namespace dew::student {

struct FrozenFeatures {
  std::vector<float> rows;       ///< [rows, features of the net]
  std::vector<size_t> examples;  ///< which example each row is of
};

/// Each picture as it is, then each mirrored, as many as fit in `most_bytes`. No other variants: a head that
/// was fitted to resampled pictures is three points worse on PACS' photos. Where not all fit, `seed`
/// shuffles, so that every class is among the first. Error: interrupted.
Result<FrozenFeatures> frozen_features(const Weights& net, const std::vector<Example>& examples,
                                       uint64_t seed, int64_t most_bytes, Watch& watch);

/// A backbone's features, a row a picture, of the pictures scaled to side x side pixels, from the larger one
/// where there is one. Error: interrupted.
Result<std::vector<std::vector<float>>> features_at(const Backbone& backbone,
                                                    const std::vector<Example>& examples, int side,
                                                    Watch& watch);

}  // namespace dew::student
