// A trained net in float: class probabilities, and what they come from.
#include "student/predict.h"

#include "student/augment.h"
#include "student/door.h"
#include "student/head.h"
#include "student/infer.h"
#include "student/look.h"
#include "student/pictures.h"
#include "student/weights.h"

namespace dew::student {
namespace {

/// Appends a Look for each picture of a batch.
void look_at(std::span<const float> batch, const Inference& inference, const DenseLayer& dense, int layers,
             int side, std::vector<Look>& looks) {
  const auto classes = static_cast<size_t>(dense.classes);
  const auto width = static_cast<size_t>(dense.features);
  const auto positions = static_cast<size_t>(side) * static_cast<size_t>(side);
  std::vector<float> evidence;
  std::vector<float> means;
  const std::vector<float> logits =
      inference.logits(batch, [&](Point point, std::span<const float> values, int) {
        if (point.kind == Point::Kind::kMean) means.assign(values.begin(), values.end());
        if (point.kind != Point::Kind::kLayer || point.layer != layers - 1) return;
        for (size_t at = 0; at < values.size(); at += width) {
          const std::vector<float> own = dense.logits(values.data() + at);
          evidence.insert(evidence.end(), own.begin(), own.end());
        }
      });
  const auto part = [](const std::vector<float>& all, size_t index, size_t size) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(index * size);
    return std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(size));
  };
  for (size_t i = 0; i < logits.size() / classes; ++i)
    looks.push_back({softmax({logits.data() + i * classes, classes}), part(means, i, width),
                     part(evidence, i, positions * classes), side});
}

}  // namespace

Result<std::vector<std::vector<float>>> predict(const fs::path& folder,
                                                std::span<const std::vector<uint8_t>> pictures,
                                                Watch& watch) {
  return guarded("predicting", [&]() -> Result<std::vector<std::vector<float>>> {
    DEW_TRY(const Weights weights, load_weights(folder));
    const Inference inference(
        fold(weights.architecture, weights.parameters.data(), weights.statistics.data()));
    const auto classes = static_cast<size_t>(weights.architecture.classes);
    std::vector<std::vector<float>> rows;
    rows.reserve(pictures.size());
    DEW_CHECK(in_batches("predicting", pictures, weights.architecture.input, watch,
                         [&](std::span<const float> batch) {
                           const std::vector<float> logits = inference.logits(batch);
                           for (size_t i = 0; i < logits.size(); i += classes) {
                             rows.push_back(softmax({logits.data() + i, classes}));
                           }
                         }));
    return rows;
  });
}

Result<std::vector<Look>> look(const fs::path& folder, std::span<const std::vector<uint8_t>> pictures,
                               Watch& watch) {
  return guarded("predicting", [&]() -> Result<std::vector<Look>> {
    DEW_TRY(const Weights weights, load_weights(folder));
    const Architecture& net = weights.architecture;
    const FoldedNet folded = fold(net, weights.parameters.data(), weights.statistics.data());
    const Inference inference(folded);
    const DenseLayer dense{net.classes, net.features(), folded.dense.weights, folded.dense.bias};
    std::vector<Look> looks;
    looks.reserve(pictures.size());
    DEW_CHECK(in_batches("predicting", pictures, net.input, watch, [&](std::span<const float> batch) {
      look_at(batch, inference, dense, static_cast<int>(net.layers.size()), net.layers.back().out_size(),
              looks);
    }));
    return looks;
  });
}

}  // namespace dew::student
