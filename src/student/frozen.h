// The part of a net that does not change while the rest is trained: run once, remembered.
#pragma once

#include <span>
#include <vector>

#include "student/finetune.h"
#include "student/infer.h"

namespace dew::student {

/// Runs every picture in a few variants of the augmentation through the layers before `first`, whose batch
/// norms are folded, and remembers what comes out, in at most `recipe.cache_bytes`. Where not even one
/// variant of each fits, they are run anew whenever they are asked for.
class FrozenPart {
 public:
  FrozenPart(const Weights& net, size_t first, const std::vector<Example>& examples, uint64_t seed,
             const FineTuneRecipe& recipe);

  /// Fills the cache for `epochs` epochs. Error: interrupted.
  Result<void> prepare(int epochs, Watch& watch);

  /// What layer `first` reads of these examples in this epoch, [n, rows, columns, channels].
  [[nodiscard]] std::vector<float> activations(std::span<const size_t> examples, int epoch) const;

  /// Features of the whole net as it was at the start, and which example each row is of: each picture as it
  /// is and mirrored, as long as they fit. No other variant: a head that was taught on resampled pictures is
  /// three points worse on PACS' photos.
  struct Features {
    std::vector<float> rows;
    std::vector<size_t> examples;
  };
  Result<Features> features(Watch& watch) const;

 private:
  [[nodiscard]] std::vector<float> pictures(std::span<const size_t> examples, double mirrored) const;
  [[nodiscard]] std::vector<float> run(std::span<const size_t> examples, int64_t variant) const;
  [[nodiscard]] int64_t variant_of(size_t example, int epoch) const;

  const Inference inference_;
  const Architecture architecture_;
  const size_t first_;
  const std::vector<Example>& examples_;
  const uint64_t seed_;
  const FineTuneRecipe recipe_;
  size_t each_;               ///< numbers a picture
  int64_t variants_ = 0;      ///< in the cache
  std::vector<float> cache_;  ///< [variants, examples, each]
};

}  // namespace dew::student
