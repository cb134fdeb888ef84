// A logistic regression by AdamW in mini-batches. Small enough to need no library.
#include "student/head.h"

#include <algorithm>
#include <numeric>

#include "student/infer.h"
#include "student/optimiser.h"
#include "student/random.h"
#include "student/schedule.h"

namespace dew::student {
namespace {

float dot(const float* a, const float* b, size_t count) {
  float sums[8] = {};  // several sums, so that the additions need not wait for one another
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (size_t lane = 0; lane < 8; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  float sum = 0;
  for (; i < count; ++i) sum += a[i] * b[i];
  for (const float lane : sums) sum += lane;
  return sum;
}

}  // namespace

std::vector<float> DenseLayer::logits(const float* row) const {
  std::vector<float> result(bias);
  for (size_t c = 0; c < result.size(); ++c) {
    result[c] += dot(weights.data() + c * features, row, static_cast<size_t>(features));
  }
  return result;
}

DenseLayer fit_head(std::span<const float> features, std::span<const float> targets, int classes,
                    const HeadSettings& settings) {
  const size_t count = targets.size() / classes;
  const size_t width = features.size() / count;
  const size_t weights = width * classes;
  DenseLayer layer{classes, static_cast<int>(width), std::vector<float>(weights),
                   std::vector<float>(classes)};
  // Weights and biases in one array for the optimiser; only weights decay.
  std::vector<float> gradients(weights + classes), momentum(gradients.size()), variance(gradients.size());
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t{0});
  const auto batch = static_cast<size_t>(settings.batch);
  const size_t batches = (count + batch - 1) / batch;
  const CosineSchedule schedule{settings.learning_rate, static_cast<double>(batches) * settings.epochs};
  int64_t step = 0;
  for (int epoch = 0; epoch < settings.epochs; ++epoch) {
    Random(settings.seed, Stream::kHeadShuffle, static_cast<uint64_t>(epoch)).shuffle(order);
    for (size_t begin = 0; begin < count; begin += batch) {
      const size_t end = std::min(begin + batch, count);
      std::fill(gradients.begin(), gradients.end(), 0.0F);
      for (size_t at = begin; at < end; ++at) {
        const float* row = features.data() + order[at] * width;
        const float* target = targets.data() + order[at] * classes;
        const float sum = std::accumulate(target, target + classes, 0.0F);
        const std::vector<float> scores = softmax(layer.logits(row));
        for (int c = 0; c < classes; ++c) {
          const float error = (scores[c] * sum - target[c]) / static_cast<float>(end - begin);
          float* gradient = gradients.data() + c * width;
          for (size_t i = 0; i < width; ++i) gradient[i] += error * row[i];
          gradients[weights + c] += error;
        }
      }
      const double rate = schedule.rate(step);
      ++step;
      const auto part = [&](std::vector<float>& all, bool bias) {
        return std::span(all).subspan(bias ? weights : 0, bias ? classes : weights);
      };
      AdamW{rate, settings.weight_decay, step}.apply(layer.weights, part(gradients, false),
                                                     part(momentum, false), part(variance, false));
      AdamW{rate, 0.0, step}.apply(layer.bias, part(gradients, true), part(momentum, true),
                                   part(variance, true));
    }
  }
  return layer;
}

}  // namespace dew::student
