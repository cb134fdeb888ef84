// The frozen part of a net, run once for a few variants of each picture.
#include "student/frozen.h"

#include <algorithm>
#include <numeric>

namespace dew::student {
namespace {

enum Purpose : uint64_t { kVariant = 33, kRows = 34 };
constexpr size_t kBatch = 32;

}  // namespace

FrozenPart::FrozenPart(const Weights& net, size_t first, const std::vector<Example>& examples, uint64_t seed,
                       const FineTuneRecipe& recipe)
    : inference_(fold(net.architecture, net.parameters.data(), net.statistics.data())),
      architecture_(net.architecture),
      first_(first),
      examples_(examples),
      seed_(seed),
      recipe_(recipe) {
  const Layer& layer = architecture_.layers[first];
  each_ = static_cast<size_t>(layer.in_size) * layer.in_size * layer.in;
}

std::vector<float> FrozenPart::run(std::span<const size_t> examples, int64_t variant) const {
  const size_t elements = size_t{3} * architecture_.input * architecture_.input;
  std::vector<float> pictures(examples.size() * elements);
  for (size_t i = 0; i < examples.size(); ++i) {
    augment(examples_[examples[i]], architecture_.input, recipe_.augmentation,
            Random(seed_, kVariant, static_cast<uint64_t>(variant), examples[i]),
            {pictures.data() + i * elements, elements});
  }
  return inference_.activations(pictures, 0, first_);
}

Result<void> FrozenPart::prepare(int epochs, Watch& watch) {
  const auto one = static_cast<int64_t>(each_ * sizeof(float) * examples_.size());
  variants_ = std::min<int64_t>({recipe_.cache_bytes / one, recipe_.variants, epochs});
  cache_.clear();
  cache_.reserve(static_cast<size_t>(variants_) * examples_.size() * each_);
  watch.begin("running the frozen layers", variants_ * std::ssize(examples_));
  std::vector<size_t> all(examples_.size());
  std::iota(all.begin(), all.end(), size_t{0});
  for (int64_t variant = 0; variant < variants_; ++variant) {
    for (size_t begin = 0; begin < all.size(); begin += kBatch) {
      if (watch.interrupted()) return interrupted_error();
      const size_t count = std::min(kBatch, all.size() - begin);
      const std::vector<float> values = run({all.data() + begin, count}, variant);
      cache_.insert(cache_.end(), values.begin(), values.end());
      watch.advance(variant * std::ssize(all) + static_cast<int64_t>(begin + count));
    }
  }
  watch.end();
  return {};
}

/// Every picture goes through its variants, each beginning with another one.
int64_t FrozenPart::variant_of(size_t example, int epoch) const {
  return static_cast<int64_t>((example + static_cast<size_t>(epoch)) % static_cast<size_t>(variants_));
}

std::vector<float> FrozenPart::activations(std::span<const size_t> examples, int epoch) const {
  if (variants_ == 0) return run(examples, epoch);
  std::vector<float> values;
  values.reserve(examples.size() * each_);
  for (const size_t example : examples) {
    const auto at = cache_.begin() + static_cast<std::ptrdiff_t>(
                                         (variant_of(example, epoch) * examples_.size() + example) * each_);
    values.insert(values.end(), at, at + static_cast<std::ptrdiff_t>(each_));
  }
  return values;
}

Result<FrozenPart::Features> FrozenPart::features(Watch& watch) const {
  const auto count = std::ssize(examples_);
  const auto row = static_cast<int64_t>(sizeof(float)) * architecture_.features();
  const int64_t rows = std::min(count * 2, std::max<int64_t>(1, recipe_.cache_bytes / row));
  // Shuffled, so that every class is among the first where not all fit.
  std::vector<size_t> order(examples_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  Random(seed_, kRows).shuffle(order);
  Features result;
  result.rows.reserve(static_cast<size_t>(rows) * architecture_.features());
  watch.begin("computing features", rows);
  while (std::ssize(result.examples) < rows) {
    if (watch.interrupted()) return interrupted_error();
    const auto done = std::ssize(result.examples);
    const int64_t within = done % count;
    const int64_t take = std::min({static_cast<int64_t>(kBatch), rows - done, count - within});
    const std::span<const size_t> batch(order.data() + within, static_cast<size_t>(take));
    const std::vector<float> values = inference_.features(pictures(batch, done < count ? 0.0 : 1.0));
    result.rows.insert(result.rows.end(), values.begin(), values.end());
    result.examples.insert(result.examples.end(), batch.begin(), batch.end());
    watch.advance(std::ssize(result.examples));
  }
  watch.end();
  return result;
}

/// As they are, or mirrored.
std::vector<float> FrozenPart::pictures(std::span<const size_t> examples, double mirrored) const {
  const Augmentation unchanged{mirrored, 0, 0, 0, 0, 0};
  const size_t elements = size_t{3} * architecture_.input * architecture_.input;
  std::vector<float> result(examples.size() * elements);
  for (size_t i = 0; i < examples.size(); ++i)
    augment(examples_[examples[i]].rgb, architecture_.input, unchanged, Random(seed_, kVariant),
            architecture_.input, {result.data() + i * elements, elements});
  return result;
}

}  // namespace dew::student
