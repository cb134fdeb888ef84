// Features of the training pictures as the net sees them before it is trained.
#include "student/frozen_features.h"

#include <algorithm>
#include <numeric>
#include <span>

#include "student/augment.h"
#include "student/infer.h"

namespace dew::student {
namespace {

/// The pictures as the net's reals, mirrored or as they are.
std::vector<float> reals_of(const std::vector<Example>& examples, std::span<const size_t> which, int input,
                            bool mirrored) {
  const Augmentation only_mirror{mirrored ? 1.0 : 0.0, 0, 0, 0, 0, 0};
  const size_t elements = size_t{3} * input * input;
  std::vector<float> reals(which.size() * elements);
  for (size_t i = 0; i < which.size(); ++i)
    augment(examples[which[i]].rgb, input, only_mirror, Random(0, Stream::kNone), input,
            {reals.data() + i * elements, elements});
  return reals;
}

}  // namespace

Result<FrozenFeatures> frozen_features(const Weights& net, const std::vector<Example>& examples,
                                       uint64_t seed, int64_t most_bytes, Watch& watch) {
  constexpr int64_t kBatch = 32;
  const Inference inference(fold(net.architecture, net.parameters.data(), net.statistics.data()));
  const auto count = std::ssize(examples);
  const auto row = static_cast<int64_t>(sizeof(float)) * net.architecture.features();
  const int64_t rows = std::min(count * 2, std::max<int64_t>(1, most_bytes / row));
  std::vector<size_t> order(examples.size());
  std::iota(order.begin(), order.end(), size_t{0});
  Random(seed, Stream::kFrozenRows).shuffle(order);
  FrozenFeatures result;
  result.rows.reserve(static_cast<size_t>(rows) * net.architecture.features());
  watch.begin("computing features", rows);
  while (std::ssize(result.examples) < rows) {
    if (watch.interrupted()) return interrupted_error();
    const int64_t done = std::ssize(result.examples);
    const int64_t within = done % count;
    const int64_t take = std::min({kBatch, rows - done, count - within});
    const std::span<const size_t> batch(order.data() + within, static_cast<size_t>(take));
    const std::vector<float> values =
        inference.features(reals_of(examples, batch, net.architecture.input, done >= count));
    result.rows.insert(result.rows.end(), values.begin(), values.end());
    result.examples.insert(result.examples.end(), batch.begin(), batch.end());
    watch.advance(std::ssize(result.examples));
  }
  watch.end();
  return result;
}

Result<std::vector<std::vector<float>>> features_at(const Backbone& backbone,
                                                    const std::vector<Example>& examples, int side,
                                                    Watch& watch) {
  constexpr size_t kBatch = 32;
  const Augmentation unchanged{0, 0, 0, 0, 0, 0};
  const Weights net = with_head(backbone, side, 0);
  const Inference inference(fold(net.architecture, net.parameters.data(), net.statistics.data()));
  const auto width = static_cast<std::ptrdiff_t>(net.architecture.features());
  const auto elements = static_cast<size_t>(side) * static_cast<size_t>(side) * 3;
  std::vector<std::vector<float>> rows;
  watch.begin("computing features", std::ssize(examples));
  while (rows.size() < examples.size()) {
    if (watch.interrupted()) return interrupted_error();
    const size_t take = std::min(kBatch, examples.size() - rows.size());
    std::vector<float> reals(take * elements);
    for (size_t i = 0; i < take; ++i) {
      const Example& example = examples[rows.size() + i];
      const auto& picture = example.large.empty() ? example.rgb : example.large;
      augment(picture, side_of(picture), unchanged, Random(0, Stream::kNone), side,
              {reals.data() + i * elements, elements});
    }
    const std::vector<float> values = inference.features(reals);
    for (auto at = values.begin(); at != values.end(); at += width) rows.emplace_back(at, at + width);
    watch.advance(std::ssize(rows));
  }
  watch.end();
  return rows;
}

}  // namespace dew::student
