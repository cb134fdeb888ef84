// Cross-layer equalisation of residual streams.
#include "student/equalise.h"

#include <algorithm>
#include <cmath>

#include "student/infer.h"
#include "student/pictures.h"

namespace dew::student {
namespace {

/// More pictures than this change the ranges little.
constexpr size_t kPictures = 256;
/// No factor differs more from the mean of all: a channel that is almost 0 would ask for any.
constexpr double kFarthest = 16.0;

/// The projections that are added up, and the convolutions that read their sum.
struct Stream {
  std::vector<size_t> writers;
  std::vector<size_t> readers;
};

std::vector<Stream> streams_of(const Architecture& architecture) {
  std::vector<Stream> streams;
  const auto& layers = architecture.layers;
  for (size_t i = 0; i + 1 < layers.size(); ++i) {
    if (layers[i].relu6) continue;
    if (layers[i].adds < 0) streams.emplace_back();
    streams.back().writers.push_back(i);
    streams.back().readers.push_back(i + 1);
  }
  return streams;
}

/// The largest weight on each input channel, as a share of the largest of its output channel, since each
/// output channel has a scale of its own.
std::vector<double> weight_ranges(const FoldedLayer& layer, size_t channels) {
  std::vector<double> ranges(channels);
  for (size_t row = 0; row < layer.weights.size(); row += channels) {
    double largest = 0;
    for (size_t c = 0; c < channels; ++c)
      largest = std::max(largest, std::abs(static_cast<double>(layer.weights[row + c])));
    if (!(largest > 0)) continue;
    for (size_t c = 0; c < channels; ++c)
      ranges[c] = std::max(ranges[c], std::abs(static_cast<double>(layer.weights[row + c])) / largest);
  }
  return ranges;
}

/// Factors whose geometric mean is 1, so that the tensor as a whole keeps its size.
std::vector<double> factors_of(const std::vector<double>& values, const std::vector<double>& weights) {
  std::vector<double> factors(values.size(), 0.0);
  double logarithms = 0;
  int alive = 0;
  for (size_t c = 0; c < factors.size(); ++c) {
    if (!(values[c] > 0) || !(weights[c] > 0)) continue;
    factors[c] = std::sqrt(values[c] / weights[c]);
    logarithms += std::log(factors[c]);
    ++alive;
  }
  const double mean = alive > 0 ? std::exp(logarithms / alive) : 1.0;
  for (double& factor : factors)
    factor = factor > 0 ? std::clamp(factor / mean, 1.0 / kFarthest, kFarthest) : 1.0;
  return factors;
}

void divide_rows(FoldedLayer& layer, const std::vector<double>& factors) {
  const size_t per_channel = layer.weights.size() / factors.size();
  for (size_t c = 0; c < factors.size(); ++c) {
    layer.bias[c] = static_cast<float>(layer.bias[c] / factors[c]);
    for (size_t k = 0; k < per_channel; ++k) {
      float& weight = layer.weights[c * per_channel + k];
      weight = static_cast<float>(weight / factors[c]);
    }
  }
}

void multiply_columns(FoldedLayer& layer, const std::vector<double>& factors) {
  for (size_t k = 0; k < layer.weights.size(); ++k)
    layer.weights[k] = static_cast<float>(layer.weights[k] * factors[k % factors.size()]);
}

}  // namespace

Result<void> equalise(FoldedNet& net, std::span<const std::vector<uint8_t>> pictures, Watch& watch) {
  const auto& layers = net.architecture.layers;
  std::vector<std::vector<double>> largest(layers.size());
  const Inference inference(net);
  const Observer observer = [&](Point point, std::span<const float> values, int channels) {
    if (point.kind != Point::Kind::kLayer && point.kind != Point::Kind::kSum) return;
    if (layers[point.layer].relu6) return;
    std::vector<double>& own = largest[point.layer];
    own.resize(channels);
    for (size_t i = 0; i < values.size(); i += channels)
      for (int c = 0; c < channels; ++c)
        own[c] = std::max(own[c], std::abs(static_cast<double>(values[i + c])));
  };
  DEW_CHECK(in_batches("measuring channels", pictures.first(std::min(pictures.size(), kPictures)),
                       net.architecture.input, watch,
                       [&](std::span<const float> batch) { inference.logits(batch, observer); }));
  for (const Stream& stream : streams_of(net.architecture)) {
    const auto channels = static_cast<size_t>(layers[stream.writers.front()].out);
    std::vector<double> values(channels), weights(channels);
    const auto widen = [](std::vector<double>& ranges, const std::vector<double>& more) {
      for (size_t c = 0; c < more.size(); ++c) ranges[c] = std::max(ranges[c], more[c]);
    };
    for (const size_t writer : stream.writers) widen(values, largest[writer]);
    for (const size_t reader : stream.readers) widen(weights, weight_ranges(net.layers[reader], channels));
    const std::vector<double> factors = factors_of(values, weights);
    for (const size_t writer : stream.writers) divide_rows(net.layers[writer], factors);
    for (const size_t reader : stream.readers) multiply_columns(net.layers[reader], factors);
  }
  return {};
}

}  // namespace dew::student
