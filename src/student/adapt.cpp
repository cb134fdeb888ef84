// Copies a backbone's layers to a net: whole, or the strongest channels of a wider layer.
#include "student/adapt.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "student/layout.h"
#include "student/net.h"
#include "student/tensors.h"

namespace dew::student {
namespace {

/// The `wanted` channels with the largest batch norm factors, in their own order.
std::vector<int> strongest(const Weights& weights, const LayerLayout& at, int channels, int wanted) {
  std::vector<int> order(static_cast<size_t>(channels));
  std::iota(order.begin(), order.end(), 0);
  const float* gamma = weights.parameters.data() + at.gamma;
  std::stable_sort(order.begin(), order.end(),
                   [gamma](int a, int b) { return std::abs(gamma[a]) > std::abs(gamma[b]); });
  order.resize(static_cast<size_t>(wanted));
  std::sort(order.begin(), order.end());
  return order;
}

/// The numbers of `channels` of one layer, in that order.
void copy_channels(const Weights& from, const LayerLayout& source, const std::vector<int>& channels,
                   int64_t per_channel, const LayerLayout& target, Weights& to) {
  for (size_t c = 0; c < channels.size(); ++c) {
    const auto at = static_cast<int64_t>(c);
    const int channel = channels[c];
    std::copy_n(from.parameters.begin() + source.weight + channel * per_channel, per_channel,
                to.parameters.begin() + target.weight + at * per_channel);
    to.parameters[target.gamma + at] = from.parameters[source.gamma + channel];
    to.parameters[target.beta + at] = from.parameters[source.beta + channel];
    to.statistics[target.mean + at] = from.statistics[source.mean + channel];
    to.statistics[target.variance + at] = from.statistics[source.variance + channel];
  }
}

}  // namespace

Weights adapted(const Backbone& backbone, const Architecture& architecture, uint64_t seed) {
  Net net(architecture);
  net.initialise(seed, 1.0);
  Weights result{architecture, numbers(net.parameters), numbers(net.statistics)};
  const Weights& from = backbone.weights;
  const Layout source(from.architecture);
  const Layout target(architecture);
  for (size_t t = 0; t < architecture.layers.size(); ++t) {
    const ConvLayer& wanted = architecture.layers[t];
    const auto& layers = from.architecture.layers;
    const auto found = std::find_if(layers.begin(), layers.end(),
                                    [&](const ConvLayer& layer) { return layer.name == wanted.name; });
    if (found == layers.end() || found->depthwise != wanted.depthwise || found->kernel != wanted.kernel ||
        found->in != wanted.in || found->out < wanted.out)
      continue;
    const LayerLayout& at = source.layers[static_cast<size_t>(found - layers.begin())];
    copy_channels(from, at, strongest(from, at, found->out, wanted.out), found->weights() / found->out,
                  target.layers[t], result);
  }
  std::fill_n(result.parameters.begin() + target.dense_weight,
              int64_t{architecture.features()} * architecture.classes, 0.0F);
  return result;
}

}  // namespace dew::student
