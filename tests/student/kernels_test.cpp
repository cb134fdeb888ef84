// The training kernels against the plainest code, and their gradients against differences.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include "student/depthwise_kernels.h"
#include "student/norm_kernels.h"
#include "student/optimiser.h"
#include "student/random.h"

namespace dew::student {
namespace {

using Values = std::vector<float>;

Values random_values(size_t count, uint64_t seed, double scale = 1.0) {
  Random random(seed, 7);
  Values values(count);
  for (float& value : values) value = static_cast<float>(random.normal() * scale);
  return values;
}

/// Batch norm and ReLU6 of x [rows, channels] in double, from the textbook.
std::vector<double> reference_norm(const Values& x, const Values& gamma, const Values& beta, bool relu6) {
  const size_t channels = gamma.size();
  const size_t rows = x.size() / channels;
  std::vector<double> y(x.size());
  for (size_t c = 0; c < channels; ++c) {
    double mean = 0, variance = 0;
    for (size_t r = 0; r < rows; ++r) mean += x[r * channels + c] / static_cast<double>(rows);
    for (size_t r = 0; r < rows; ++r) {
      variance += std::pow(x[r * channels + c] - mean, 2) / static_cast<double>(rows);
    }
    for (size_t r = 0; r < rows; ++r) {
      const double value = gamma[c] * (x[r * channels + c] - mean) / std::sqrt(variance + 1e-3) + beta[c];
      y[r * channels + c] = relu6 ? std::min(std::max(value, 0.0), 6.0) : value;
    }
  }
  return y;
}

/// y [n, out rows, out columns, c] of x [n, rows, columns, c] (already normalised), in double.
std::vector<double> reference_depthwise(const DepthwiseShape& s, const std::vector<double>& x,
                                        const Values& weights) {
  std::vector<double> y;
  for (int64_t n = 0; n < s.pictures; ++n) {
    for (int oy = 0; oy < s.out_rows(); ++oy) {
      for (int ox = 0; ox < s.out_columns(); ++ox) {
        for (int c = 0; c < s.channels; ++c) {
          double sum = 0;
          for (int tap = 0; tap < 9; ++tap) {
            const int iy = oy * s.stride - s.pad_before + tap / 3;
            const int ix = ox * s.stride - s.pad_before + tap % 3;
            if (iy < 0 || iy >= s.rows || ix < 0 || ix >= s.columns) continue;
            sum += weights[c * 9 + tap] * x[((n * s.rows + iy) * s.columns + ix) * s.channels + c];
          }
          y.push_back(sum);
        }
      }
    }
  }
  return y;
}

/// d f / d values[index], by a central difference.
double difference(Values& values, size_t index, const std::function<double()>& f) {
  const float kept = values[index];
  // Small, so that few steps cross ReLU6's edges; divided by what float made of it.
  const float above_at = kept + 0x1.0p-11F;
  const float below_at = kept - 0x1.0p-11F;
  values[index] = above_at;
  const double above = f();
  values[index] = below_at;
  const double below = f();
  values[index] = kept;
  return (above - below) / (static_cast<double>(above_at) - below_at);
}

/// `gradient` is that of `f` by `values`, but for the few differences that step over an edge of ReLU6.
void expect_gradient(Values& values, const Values& gradient, const std::function<double()>& f,
                     const std::string& what) {
  size_t close = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    close += std::abs(difference(values, i, f) - gradient[i]) < 0.01 + 0.005 * std::abs(gradient[i]) ? 1 : 0;
  }
  EXPECT_GE(close, values.size() - values.size() / 6) << what;
}

double weighted(const std::vector<double>& y, const Values& weights) {
  return std::inner_product(y.begin(), y.end(), weights.begin(), 0.0);
}

TEST(NormKernels, MatchTheTextbook) {
  for (const auto& [rows, channels] : {std::pair{7, 8}, {64, 24}, {1000, 16}, {33, 1280}}) {
    const Values x = random_values(static_cast<size_t>(rows) * channels, 1, 3.0);
    const Values gamma = random_values(channels, 2, 2.0);
    const Values beta = random_values(channels, 3, 2.0);
    for (const bool relu6 : {true, false}) {
      const ChannelMap map = channel_map(measure(x.data(), rows, channels), gamma.data(), beta.data());
      Values y(x.size());
      apply_map(x.data(), map, relu6, rows, channels, y.data());
      const auto expected = reference_norm(x, gamma, beta, relu6);
      for (size_t i = 0; i < y.size(); ++i) ASSERT_NEAR(y[i], expected[i], 1e-4) << rows << " x " << channels;
    }
  }
}

TEST(NormKernels, GradientsMatchDifferences) {
  constexpr int kRows = 24, kChannels = 8;
  Values x = random_values(kRows * kChannels, 4);
  Values gamma = random_values(kChannels, 5);
  Values beta = random_values(kChannels, 6);
  const Values dy = random_values(x.size(), 7);
  const Moments moments = measure(x.data(), kRows, kChannels);
  Values dx(x.size()), dgamma(kChannels), dbeta(kChannels);
  backward_map(x.data(), dy.data(), moments, channel_map(moments, gamma.data(), beta.data()), true, kRows,
               kChannels, dx.data(), dgamma.data(), dbeta.data());
  const auto loss = [&] { return weighted(reference_norm(x, gamma, beta, true), dy); };
  expect_gradient(x, dx, loss, "x");
  expect_gradient(gamma, dgamma, loss, "gamma");
  expect_gradient(beta, dbeta, loss, "beta");
}

const DepthwiseShape kShapes[] = {{1, 1, 1, 8, 1, 1, 1},  {2, 5, 4, 8, 1, 1, 1},   {3, 6, 6, 16, 2, 0, 1},
                                  {2, 7, 7, 24, 2, 1, 1}, {17, 4, 4, 48, 1, 1, 1}, {2, 12, 8, 32, 2, 0, 1}};

TEST(DepthwiseKernels, MatchTheTextbook) {
  for (const DepthwiseShape& shape : kShapes) {
    const int64_t rows = shape.pictures * shape.rows * shape.columns;
    const Values x = random_values(rows * shape.channels, 11);
    const Values gamma = random_values(shape.channels, 12);
    const Values beta = random_values(shape.channels, 13, 3.0);
    const Values weights = random_values(size_t{9} * shape.channels, 14);
    const auto expected = reference_depthwise(shape, reference_norm(x, gamma, beta, true), weights);
    Values y(expected.size(), -1.0F);
    depthwise_forward(shape, x.data(),
                      channel_map(measure(x.data(), rows, shape.channels), gamma.data(), beta.data()),
                      weights.data(), y.data());
    for (size_t i = 0; i < y.size(); ++i) ASSERT_NEAR(y[i], expected[i], 1e-4) << shape.rows << " " << i;
  }
}

TEST(DepthwiseKernels, GradientsMatchDifferences) {
  for (const DepthwiseShape& shape : {kShapes[1], kShapes[2], kShapes[3]}) {
    const int64_t rows = shape.pictures * shape.rows * shape.columns;
    Values x = random_values(rows * shape.channels, 21);
    Values gamma = random_values(shape.channels, 22);
    Values beta = random_values(shape.channels, 23);
    Values weights = random_values(size_t{9} * shape.channels, 24);
    const Moments moments = measure(x.data(), rows, shape.channels);
    const ChannelMap map = channel_map(moments, gamma.data(), beta.data());
    const Values dy =
        random_values(shape.pictures * shape.out_rows() * shape.out_columns() * int64_t{shape.channels}, 25);
    Values dx(x.size()), dweights(weights.size()), dgamma(gamma.size()), dbeta(beta.size());
    depthwise_backward(shape, x.data(), moments, map, weights.data(), dy.data(), dx.data(), dweights.data(),
                       dgamma.data(), dbeta.data());
    const auto loss = [&] {
      return weighted(reference_depthwise(shape, reference_norm(x, gamma, beta, true), weights), dy);
    };
    expect_gradient(x, dx, loss, "x");
    expect_gradient(weights, dweights, loss, "weights");
    expect_gradient(gamma, dgamma, loss, "gamma");
    expect_gradient(beta, dbeta, loss, "beta");
  }
}

TEST(AdamW, TheFirstStepIsTheLearningRateAndTheDecay) {
  Values values = {1.0F, 1.0F}, momentum(2), variance(2);
  const Values gradients = {0.3F, -0.02F};
  const AdamW adam{.learning_rate = 0.1, .weight_decay = 0.5, .step = 1};
  adam.apply(values, gradients, momentum, variance);
  EXPECT_NEAR(values[0], 1.0 * (1 - 0.05) - 0.1, 1e-5);
  EXPECT_NEAR(values[1], 1.0 * (1 - 0.05) + 0.1, 1e-5);
}

}  // namespace
}  // namespace dew::student
