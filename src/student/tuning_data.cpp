// Batches of fine_tune(): shuffled, augmented, mixed; every random choice depends on the seed and its place.
#include "student/tuning_data.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <numeric>

#include "student/examples.h"
#include "student/frozen_features.h"
#include "student/random.h"

namespace dew::student {
namespace {

/// Features for fitting the head take this much memory at most.
constexpr int64_t kMostFeatureBytes = int64_t{512} << 20;

/// What each picture should be answered with, smoothed and weighed, [examples, classes].
std::vector<float> targets_of(const std::vector<Example>& examples, const TrainSettings& settings,
                              double smoothing) {
  const auto classes = static_cast<size_t>(settings.classes);
  const std::vector<double> weights = class_weights(examples, settings.classes, settings.balance);
  std::vector<float> targets(examples.size() * classes);
  for (size_t i = 0; i < examples.size(); ++i) {
    const auto answer = static_cast<size_t>(examples[i].answer_class);
    for (size_t c = 0; c < classes; ++c) {
      const double share = (c == answer ? 1.0 - smoothing : 0.0) + smoothing / static_cast<double>(classes);
      targets[i * classes + c] = static_cast<float>(weights[answer] * share);
    }
  }
  return targets;
}

}  // namespace

TuningData::TuningData(const std::vector<Example>& examples, const TrainSettings& settings,
                       const FineTuneRecipe& recipe)
    : examples_(examples),
      settings_(settings),
      recipe_(recipe),
      targets_(targets_of(examples, settings, recipe.label_smoothing)),
      batches_(whole_batches(examples.size(), settings.batch > 0 ? settings.batch : recipe.batch)),
      pixels_(at::empty({batches_.pictures, settings.input, settings.input, 3})),
      answers_(at::empty({batches_.pictures, settings.classes})) {}

Result<DenseLayer> TuningData::fitted_head(const Weights& start, Watch& watch) const {
  DEW_TRY(const FrozenFeatures features,
          frozen_features(start, examples_, settings_.seed, kMostFeatureBytes, watch));
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
  Random(settings_.seed, Stream::kTuneShuffle, static_cast<uint64_t>(epoch)).shuffle(order_);
}

at::Tensor TuningData::augmented(std::span<const size_t> order) {
  const size_t elements = size_t{3} * settings_.input * settings_.input;
  float* pixels = pixels_.data_ptr<float>();
  at::parallel_for(0, batches_.pictures, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      augment(examples_[order[i]], settings_.input, recipe_.augmentation,
              Random(settings_.seed, Stream::kTuneAugment, static_cast<uint64_t>(epoch_), order[i]),
              {pixels + i * elements, elements});
    }
  });
  return pixels_.permute({0, 3, 1, 2});
}

TuningData::Batch TuningData::batch(int64_t number) {
  const int64_t size = batches_.pictures;
  const std::span<const size_t> order(order_.data() + number * size, static_cast<size_t>(size));
  for (int64_t i = 0; i < size; ++i) {
    std::copy_n(targets_.begin() + static_cast<std::ptrdiff_t>(order[i] * settings_.classes),
                settings_.classes, answers_.data_ptr<float>() + i * settings_.classes);
  }
  const at::Tensor x = augmented(order);
  if (recipe_.mixup <= 0) return {x, answers_};
  // Each picture is mixed with the one at the mirrored place in the batch.
  Random random(settings_.seed, Stream::kTuneMix, static_cast<uint64_t>(epoch_),
                static_cast<uint64_t>(number));
  const double share = random.beta(recipe_.mixup);
  return {at::lerp(x, x.flip(0), share).contiguous(at::MemoryFormat::ChannelsLast),
          at::lerp(answers_, answers_.flip(0), share)};
}

}  // namespace dew::student
