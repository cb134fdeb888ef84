// The trunk, forward and backward, against the plainest code in double and differences of it.
#include "student/trunk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "student/random.h"

namespace dew::student {
namespace {

using Doubles = std::vector<double>;

/// A net's features in double; its numbers as Layout says. `statistics`: use these moments, not the batch's.
Doubles reference(const Architecture& net, const Doubles& parameters, const std::vector<float>* statistics,
                  const Doubles& x, int pictures) {
  const Layout layout(net);
  std::vector<Doubles> outputs(net.layers.size() + 1);
  outputs[0] = x;  // outputs[i + 1] is layer i's
  for (size_t l = 0; l < net.layers.size(); ++l) {
    const ConvLayer& layer = net.layers[l];
    const int out = layer.out_size();
    const int in_channels = layer.depthwise ? 1 : layer.in;
    Doubles y(static_cast<size_t>(pictures) * out * out * layer.out);
    size_t at = 0;
    for (int n = 0; n < pictures; ++n)
      for (int oy = 0; oy < out; ++oy)
        for (int ox = 0; ox < out; ++ox)
          for (int o = 0; o < layer.out; ++o, ++at)
            for (int k = 0; k < layer.kernel * layer.kernel; ++k) {
              const int iy = oy * layer.stride - layer.pad_before() + k / layer.kernel;
              const int ix = ox * layer.stride - layer.pad_before() + k % layer.kernel;
              if (iy < 0 || iy >= layer.in_size || ix < 0 || ix >= layer.in_size) continue;
              const double* from =
                  &outputs[l][((size_t{1} * n * layer.in_size + iy) * layer.in_size + ix) * layer.in];
              const double* w = &parameters[layout.layers[l].weight +
                                            (size_t{1} * o * layer.kernel * layer.kernel + k) * in_channels];
              if (layer.depthwise) y[at] += from[o] * w[0];
              if (!layer.depthwise) y[at] += std::inner_product(from, from + layer.in, w, 0.0);
            }
    const size_t rows = y.size() / layer.out;
    for (int c = 0; c < layer.out; ++c) {
      double mean = 0, variance = 0;
      for (size_t r = 0; r < rows; ++r) mean += y[r * layer.out + c] / static_cast<double>(rows);
      for (size_t r = 0; r < rows; ++r)
        variance += std::pow(y[r * layer.out + c] - mean, 2) / static_cast<double>(rows);
      if (statistics != nullptr) {
        mean = (*statistics)[layout.layers[l].mean + c];
        variance = (*statistics)[layout.layers[l].variance + c];
      }
      for (size_t r = 0; r < rows; ++r) {
        double& value = y[r * layer.out + c];
        value = parameters[layout.layers[l].gamma + c] * (value - mean) / std::sqrt(variance + 1e-3) +
                parameters[layout.layers[l].beta + c];
        if (layer.relu6) value = std::clamp(value, 0.0, 6.0);
        if (layer.adds >= 0) value += outputs[layer.adds + 1][r * layer.out + c];
      }
    }
    outputs[l + 1] = std::move(y);
  }
  const Doubles& last = outputs.back();
  const auto channels = static_cast<size_t>(net.features());
  const size_t pixels = last.size() / channels / pictures;
  Doubles features(pictures * channels);
  for (size_t i = 0; i < last.size(); ++i) {
    features[i / channels / pixels * channels + i % channels] += last[i] / static_cast<double>(pixels);
  }
  return features;
}

struct Case {
  std::string name;
  Architecture net;
  double momentum;
};

std::vector<float> random_floats(size_t count, uint64_t seed, double scale) {
  Random random(seed, 17);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal() * scale);
  return values;
}

/// A net with random numbers and a batch for it.
struct Sample {
  explicit Sample(const Case& with) : of(with), layout(with.net) {
    parameters = random_floats(layout.parameters, 1, 0.3);
    statistics = random_floats(layout.statistics, 2, 0.1);
    for (size_t l = 0; l < layout.layers.size(); ++l) {
      for (int c = 0; c < of.net.layers[l].out; ++c) {
        parameters[layout.layers[l].gamma + c] += 1.0F;
        statistics[layout.layers[l].variance + c] =
            1.0F + std::abs(statistics[layout.layers[l].variance + c]);
      }
    }
    const ConvLayer& begin = of.net.layers[0];
    x = random_floats(size_t{kPictures} * begin.in_size * begin.in_size * begin.in, 3, 1.0);
    dfeatures = random_floats(size_t{kPictures} * of.net.features(), 4, 1.0);
  }
  [[nodiscard]] double loss(const Doubles& at) const {
    const Doubles features =
        reference(of.net, at, of.momentum == 0 ? &statistics : nullptr, {x.begin(), x.end()}, kPictures);
    return std::inner_product(features.begin(), features.end(), dfeatures.begin(), 0.0);
  }

  static constexpr int kPictures = 5;
  Case of;
  Layout layout;
  std::vector<float> parameters, statistics, x, dfeatures;
};

struct Outcome {
  std::vector<float> features, gradients, statistics;
  bool operator==(const Outcome&) const = default;
};

Outcome outcome(const Sample& sample, int threads) {
  Trunk trunk(sample.of.net, threads);
  Recording recording;
  Outcome result{std::vector<float>(sample.dfeatures.size()), std::vector<float>(sample.parameters.size()),
                 sample.statistics};
  trunk.forward(sample.parameters.data(), result.statistics.data(), sample.of.momentum, sample.x.data(),
                Sample::kPictures, recording, result.features.data());
  trunk.backward(recording, sample.dfeatures.data(), result.gradients.data());
  return result;
}

std::vector<Case> cases() {
  const Architecture v2 = mobilenet_v2(0.35, 16, 2, 24, 5);
  return {{"v2", v2, 0.1},
          {"v2, constant statistics", v2, 0},
          {"tiny", tiny(1.0, 16, 2), 0.1},
          {"v1, constant statistics", mobilenet_v1(0.25, 16, 2), 0}};
}

TEST(Trunk, MatchesTheTextbook) {
  for (const Case& one : cases()) {
    const Sample sample(one);
    const Outcome got = outcome(sample, 2);
    const Doubles due = reference(one.net, {sample.parameters.begin(), sample.parameters.end()},
                                  one.momentum == 0 ? &sample.statistics : nullptr,
                                  {sample.x.begin(), sample.x.end()}, Sample::kPictures);
    for (size_t i = 0; i < due.size(); ++i)
      ASSERT_NEAR(got.features[i], due[i], 2e-3) << one.name << " " << i;
    if (one.momentum == 0) {
      EXPECT_EQ(got.statistics, sample.statistics) << one.name;
    }
  }
}

TEST(Trunk, GradientsMatchDifferences) {
  for (const Case& one : cases()) {
    const Sample sample(one);
    const Outcome got = outcome(sample, 2);
    Doubles at(sample.parameters.begin(), sample.parameters.end());
    int close = 0, all = 0;
    const auto check = [&](int64_t offset, int64_t count) {
      for (const int64_t index : {offset, offset + count / 2}) {
        const double kept = at[index];
        at[index] = kept + 1e-5;
        const double above = sample.loss(at);
        at[index] = kept - 1e-5;
        const double difference = (above - sample.loss(at)) / 2e-5;
        at[index] = kept;
        close += std::abs(difference - got.gradients[index]) < 0.01 + 0.01 * std::abs(difference) ? 1 : 0;
        ++all;
      }
    };
    for (size_t l = 0; l < one.net.layers.size(); ++l) {
      check(sample.layout.layers[l].weight, one.net.layers[l].weights());
      check(sample.layout.layers[l].gamma, one.net.layers[l].out);
      check(sample.layout.layers[l].beta, one.net.layers[l].out);
    }
    // But for the few where float and double stand on different sides of an edge of ReLU6.
    EXPECT_GE(close, all - all / 20) << one.name << " of " << all;
  }
}

TEST(Trunk, TheNumberOfThreadsChangesNothing) {
  for (const Case& one : cases()) {
    const Sample sample(one);
    const Outcome alone = outcome(sample, 1);
    EXPECT_TRUE(alone == outcome(sample, 2)) << one.name;
    EXPECT_TRUE(alone == outcome(sample, 5)) << one.name;
  }
}

TEST(Trunk, MovesTheStatisticsTowardsTheBatch) {
  const Sample sample({"", mobilenet_v2(0.35, 16, 2, 24, 1), 1.0});
  const Outcome got = outcome(sample, 1);
  // With a momentum of 1 they are the batch's own; used as constant ones, they give the same features but for
  // the variance's other divisor.
  Sample constant = sample;
  constant.of.momentum = 0;
  constant.statistics = got.statistics;
  const Outcome again = outcome(constant, 1);
  for (size_t i = 0; i < got.features.size(); ++i) EXPECT_NEAR(again.features[i], got.features[i], 0.15) << i;
  EXPECT_NE(again.features, outcome(Sample({"", sample.of.net, 0}), 1).features);
}

}  // namespace
}  // namespace dew::student
