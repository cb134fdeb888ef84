// A folded net run in float, with every activation open to an observer. LibTorch does not show.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "student/fold.h"

namespace dew::student {

/// Names an activation: the pictures, a layer's output, its sum with a residual, the mean, or the logits.
struct Point {
  enum class Kind { kInput, kLayer, kSum, kMean, kLogits };
  Kind kind = Kind::kLayer;
  int layer = 0;  ///< for kLayer and kSum
};

/// `values` are [n, rows, columns, channels] (kMean, kLogits: [n, channels]).
using Observer = std::function<void(Point point, std::span<const float> values, int channels)>;

/// Throws what LibTorch throws.
class Inference {
 public:
  explicit Inference(const FoldedNet& net);
  ~Inference();
  Inference(Inference&&) noexcept;
  Inference& operator=(Inference&&) noexcept;

  /// Logits [n, classes] of n pictures given as reals, [n, input, input, 3].
  std::vector<float> logits(std::span<const float> pictures, const Observer& observer = {}) const;
  /// What the dense layer reads: means over rows and columns, [n, features].
  std::vector<float> features(std::span<const float> pictures) const;

 private:
  struct Tensors;
  std::unique_ptr<Tensors> tensors_;
};

/// Softmax of one picture's logits.
std::vector<float> softmax(std::span<const float> logits);

}  // namespace dew::student
