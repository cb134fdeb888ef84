// Batches of fine_tune(): shuffled, augmented, mixed; every random choice depends on the seed and its place.
#include "student/tuning_data.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "student/random.h"

namespace dew::student {
namespace {

enum Purpose : uint64_t { kShuffle = 31, kAugment = 32, kMix = 35 };

/// What each picture should be answered with, [examples, classes]; a row's sum is the picture's weight.
std::vector<float> targets_of(const std::vector<Example>& examples, const TrainSettings& settings,
                              double smoothing) {
  const auto classes = static_cast<size_t>(settings.classes);
  std::vector<double> count(classes);
  for (const Example& example : examples) ++count[example.answer_class];
  std::vector<float> targets(examples.size() * classes);
  for (size_t i = 0; i < examples.size(); ++i) {
    const size_t answer = examples[i].answer_class;
    const double even = static_cast<double>(examples.size()) / static_cast<double>(classes);
    const double weight = std::pow(even / count[answer], settings.balance);
    const double sure = std::clamp<double>(examples[i].confidence, 0.0, 1.0);
    for (size_t c = 0; c < classes; ++c) {
      const double share = c == answer ? sure : (1.0 - sure) / static_cast<double>(classes - 1);
      targets[i * classes + c] =
          static_cast<float>(weight * ((1.0 - smoothing) * share + smoothing / static_cast<double>(classes)));
    }
  }
  return targets;
}

}  // namespace

TuningData::TuningData(const std::vector<Example>& examples, const TrainSettings& settings,
                       const FineTuneRecipe& recipe, const Weights& start, size_t first)
    : examples_(examples),
      settings_(settings),
      recipe_(recipe),
      targets_(targets_of(examples, settings, recipe.label_smoothing)),
      after_frozen_(start.architecture.layers[first]),
      frozen_(start, first, examples, settings.seed, recipe) {
  const auto count = static_cast<int64_t>(examples.size());
  batch_ = std::min<int64_t>(settings.batch > 0 ? settings.batch : recipe.batch, count);
  batches_ = count / batch_;
  pixels_ = at::empty({batch_, settings.input, settings.input, 3});
  answers_ = at::empty({batch_, settings.classes});
}

Result<DenseLayer> TuningData::taught_head(Watch& watch) const {
  DEW_TRY(const FrozenPart::Features features, frozen_.features(watch));
  const auto classes = static_cast<size_t>(settings_.classes);
  std::vector<float> targets;
  for (const size_t example : features.examples) {
    const auto row = targets_.begin() + static_cast<std::ptrdiff_t>(example * classes);
    targets.insert(targets.end(), row, row + settings_.classes);
  }
  HeadSettings head = recipe_.head;
  head.seed = settings_.seed;
  return fit_head(features.rows, targets, settings_.classes, head);
}

void TuningData::begin(int epoch) {
  epoch_ = epoch;
  order_.resize(examples_.size());
  std::iota(order_.begin(), order_.end(), size_t{0});
  Random(settings_.seed, kShuffle, static_cast<uint64_t>(epoch)).shuffle(order_);
}

at::Tensor TuningData::pictures(std::span<const size_t> order) {
  const size_t elements = size_t{3} * settings_.input * settings_.input;
  float* pixels = pixels_.data_ptr<float>();
  at::parallel_for(0, batch_, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      augment(examples_[order[i]], settings_.input, recipe_.augmentation,
              Random(settings_.seed, kAugment, static_cast<uint64_t>(epoch_), order[i]),
              {pixels + i * elements, elements});
    }
  });
  return pixels_.permute({0, 3, 1, 2});
}

at::Tensor TuningData::activations(std::span<const size_t> order) const {
  const std::vector<float> rows = frozen_.activations(order, epoch_);
  const int64_t size = after_frozen_.in_size;
  return at::tensor(rows).view({batch_, size, size, after_frozen_.in}).permute({0, 3, 1, 2});
}

TuningData::Batch TuningData::batch(int64_t number, bool frozen) {
  const std::span<const size_t> order(order_.data() + number * batch_, static_cast<size_t>(batch_));
  for (int64_t i = 0; i < batch_; ++i) {
    std::copy_n(targets_.begin() + static_cast<std::ptrdiff_t>(order[i] * settings_.classes),
                settings_.classes, answers_.data_ptr<float>() + i * settings_.classes);
  }
  const at::Tensor x = frozen ? activations(order) : pictures(order);
  if (recipe_.mixup <= 0) return {x, answers_};
  // Each is laid over the one at the other end of the batch.
  Random random(settings_.seed, kMix, static_cast<uint64_t>(epoch_), static_cast<uint64_t>(number));
  const double share = random.beta(recipe_.mixup);
  return {at::lerp(x, x.flip(0), share).contiguous(at::MemoryFormat::ChannelsLast),
          at::lerp(answers_, answers_.flip(0), share)};
}

}  // namespace dew::student
