// The dense layer by itself, on features that do not change: a logistic regression.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dew::student {

/// weights [classes, features] and one bias per class.
struct DenseLayer {
  int classes = 0;
  int features = 0;
  std::vector<float> weights;
  std::vector<float> bias;

  /// `row`: `features` numbers.
  [[nodiscard]] std::vector<float> logits(const float* row) const;
};

struct HeadSettings {
  int epochs = 30;
  int batch = 32;
  double learning_rate = 3e-3;  ///< falls along a cosine to 0
  double weight_decay = 0.05;
  uint64_t seed = 1;
};

/// Cross entropy with soft targets, AdamW from zeros. `features`: one row per picture; `targets`: one row of
/// `classes` numbers per picture, whose sum is the picture's weight.
DenseLayer fit_head(std::span<const float> features, std::span<const float> targets, int classes,
                    const HeadSettings& settings);

}  // namespace dew::student
