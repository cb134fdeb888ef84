// From another program's layers to a Backbone: which alpha, whether the layers are the same, the same
// arithmetic.
#include "student/backbone_sources.h"

#include <algorithm>
#include <cmath>

#include "student/layout.h"

namespace dew::student {
namespace {

std::string shape_of(bool depthwise, int kernel, int in, int out) {
  const std::string window = std::to_string(kernel) + "x" + std::to_string(kernel);
  return depthwise ? window + " depthwise over " + std::to_string(out) + " channels"
                   : window + " from " + std::to_string(in) + " to " + std::to_string(out) + " channels";
}

bool same(const SourceLayer& source, const ConvLayer& layer) {
  return source.depthwise == layer.depthwise && source.kernel == layer.kernel && source.out == layer.out &&
         (layer.depthwise || source.in == layer.in);
}

/// How many layers agree, counted from the first.
size_t agreeing(const SourceNet& net, const Architecture& architecture) {
  const size_t both = std::min(net.layers.size(), architecture.layers.size());
  size_t i = 0;
  while (i < both && same(net.layers[i], architecture.layers[i])) ++i;
  return i;
}

/// The architecture that agrees in the most layers. Alphas that round to the same channels are the same net,
/// so those that weights are published for are tried first.
Architecture nearest(const SourceNet& net) {
  std::vector<double> alphas = {0.35, 0.5, 0.75, 1.0, 1.3, 1.4, 0.25, 0.1};
  for (int percent = 5; percent <= 200; percent += 5) alphas.push_back(percent / 100.0);
  Architecture best;
  size_t most = 0;
  for (const double alpha : alphas) {
    Architecture candidate = mobilenet_v2(alpha, net.input, 0);
    const size_t count = agreeing(net, candidate);
    if (best.layers.empty() || count > most) {
      most = count;
      best = std::move(candidate);
    }
  }
  return best;
}

Result<void> check_same(const SourceNet& net, const Architecture& architecture, const std::string& where) {
  const std::string next = "import a MobileNetV2 (arXiv 1801.04381) as Keras or torchvision build it";
  const size_t first = agreeing(net, architecture);
  if (first == net.layers.size() && first == architecture.layers.size()) return {};
  const std::string like = "MobileNetV2 of alpha " + std::to_string(architecture.alpha).substr(0, 4);
  if (first == net.layers.size()) {
    return work_error("this is not a MobileNetV2: it has " + std::to_string(net.layers.size()) +
                          " convolutions, " + like + " has " + std::to_string(architecture.layers.size()),
                      where, next);
  }
  const SourceLayer& found = net.layers[first];
  const std::string is = "its layer " + std::to_string(first + 1) + " ('" + printable(found.name, 60) +
                         "') is " + shape_of(found.depthwise, found.kernel, found.in, found.out);
  if (first == architecture.layers.size()) {
    return work_error("this is not a MobileNetV2: " + is + ", where " + like + " has ended", where, next);
  }
  const ConvLayer& expected = architecture.layers[first];
  return work_error("this is not a MobileNetV2: " + is + ", " + like + " has " +
                        shape_of(expected.depthwise, expected.kernel, expected.in, expected.out) +
                        " there ('" + expected.name + "')",
                    where, next);
}

/// The file's input is a * x + b of ours. The factor goes into the weights; the rest shifts every sum by the
/// same amount and so goes into the mean. That is exact but for the bottom and right border, where a 0 is
/// read.
void adapt_input(const SourceNet& net, SourceLayer& first) {
  const size_t per_channel = static_cast<size_t>(first.kernel) * first.kernel * first.in;
  for (int out = 0; out < first.out; ++out) {
    double shift = 0;
    for (size_t k = 0; k < per_channel; ++k) {
      float& weight = first.weights[out * per_channel + k];
      const size_t colour = k % 3;
      // p = 127.5 * x + 127
      const double offset = net.offset[colour] + net.scale[colour] * 127.0 / 127.5;
      shift += weight * offset;
      weight = static_cast<float>(weight * net.scale[colour]);
    }
    first.mean[out] = static_cast<float>(first.mean[out] - shift);
  }
}

/// gamma / sqrt(variance + epsilon) stays what it was.
void adapt_epsilon(double epsilon, SourceLayer& layer) {
  for (int c = 0; c < layer.out; ++c) {
    const double variance = std::max(0.0, static_cast<double>(layer.variance[c]));
    layer.gamma[c] =
        static_cast<float>(layer.gamma[c] * std::sqrt((variance + kBatchNormEpsilon) / (variance + epsilon)));
  }
}

}  // namespace

Result<Backbone> assemble(const SourceNet& net, const std::string& where) {
  Backbone backbone;
  backbone.weights.architecture = nearest(net);
  const Architecture& architecture = backbone.weights.architecture;
  DEW_CHECK(check_same(net, architecture, where));
  const Layout layout(architecture);
  backbone.name = net.name;
  backbone.alpha = architecture.alpha;
  backbone.input = net.input;
  backbone.origin = "imported from a " + net.format + " file";
  backbone.weights.parameters.resize(layout.parameters);
  backbone.weights.statistics.resize(layout.statistics);
  for (size_t i = 0; i < net.layers.size(); ++i) {
    SourceLayer layer = net.layers[i];
    if (i == 0) adapt_input(net, layer);
    if (net.epsilon != kBatchNormEpsilon) adapt_epsilon(net.epsilon, layer);
    const LayerLayout& at = layout.layers[i];
    const auto put = [](const std::vector<float>& values, std::vector<float>& flat, int64_t offset) {
      std::copy(values.begin(), values.end(), flat.begin() + offset);
    };
    put(layer.weights, backbone.weights.parameters, at.weight);
    put(layer.gamma, backbone.weights.parameters, at.gamma);
    put(layer.beta, backbone.weights.parameters, at.beta);
    put(layer.mean, backbone.weights.statistics, at.mean);
    put(layer.variance, backbone.weights.statistics, at.variance);
  }
  DEW_CHECK(check_backbone(backbone, where));
  return backbone;
}

}  // namespace dew::student
