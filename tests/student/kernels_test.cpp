// The training kernels against the plainest code, and their gradients against differences.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "student/depthwise_kernels.h"
#include "student/norm_kernels.h"
#include "student/optimiser.h"
#include "student/pointwise_kernels.h"
#include "student/random.h"
#include "student/team.h"

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

TEST(Team, DoesEachPartOfEachJobOnce) {
  Team team(3);
  for (int parts = 0; parts < 200; ++parts) {
    std::vector<std::atomic<int>> done(parts);
    team.run(parts, [&](int part) { ++done[part]; });
    for (const auto& count : done) ASSERT_EQ(count, 1) << parts;
  }
}

TEST(Team, ThrowsWhatAPartThrewAndGoesOn) {
  Team team(2);
  EXPECT_THROW(team.run(8,
                        [](int part) {
                          if (part == 5) throw std::runtime_error("no");
                        }),
               std::runtime_error);
  std::atomic<int> done = 0;
  team.run(8, [&](int) { ++done; });
  EXPECT_EQ(done, 8);
}

Moments measured(const Values& x, int64_t rows, int channels) {
  Values sums(size_t{2} * channels);
  PartSums parts(1, channels);
  add_moments(x.data(), rows, channels, sums.data());
  parts.add(0, sums.data());
  return moments_of(parts.total(), rows);
}

Values as_floats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

TEST(NormKernels, MatchTheTextbook) {
  for (const auto& [rows, channels] : {std::pair{7, 8}, {64, 24}, {1000, 16}, {33, 1280}}) {
    const Values x = random_values(static_cast<size_t>(rows) * channels, 1, 3.0);
    const Values gamma = random_values(channels, 2, 2.0);
    const Values beta = random_values(channels, 3, 2.0);
    const Values plus = random_values(x.size(), 4);
    for (const bool relu6 : {true, false}) {
      const ChannelMap map = channel_map(measured(x, rows, channels), gamma.data(), beta.data(), relu6);
      Values y(x.size());
      map_rows(x.data(), map, relu6 ? nullptr : plus.data(), rows, channels, y.data(), channels);
      const auto expected = reference_norm(x, gamma, beta, relu6);
      for (size_t i = 0; i < y.size(); ++i) {
        ASSERT_NEAR(y[i], expected[i] + (relu6 ? 0.0 : plus[i]), 1e-4) << rows << " x " << channels;
      }
    }
  }
}

TEST(NormKernels, GradientsMatchDifferences) {
  constexpr int kRows = 24, kChannels = 24;
  Values x = random_values(kRows * kChannels, 4);
  Values gamma = random_values(kChannels, 5);
  Values beta = random_values(kChannels, 6);
  const Values dy = random_values(x.size(), 7);
  const Values plus = random_values(x.size(), 8);
  const Moments moments = measured(x, kRows, kChannels);
  const Values mean = as_floats(moments.mean);
  for (const bool two_readers : {false, true}) {
    Values g(x.size()), dx(x.size()), dgamma(kChannels), dbeta(kChannels), sums(size_t{2} * kChannels);
    const ChannelMap map = channel_map(moments, gamma.data(), beta.data(), true);
    mask_rows(dy.data(), kChannels, {x.data(), &map, mean.data(), two_readers ? plus.data() : nullptr}, kRows,
              kChannels, g.data(), sums.data());
    PartSums parts(1, kChannels);
    parts.add(0, sums.data());
    const Spread spread = spread_of(moments, map, parts.total(), kRows, dgamma.data(), dbeta.data());
    spread_rows(g.data(), x.data(), spread, kRows, kChannels, dx.data(), kChannels);
    Values whole = dy;
    for (size_t i = 0; two_readers && i < whole.size(); ++i) whole[i] += plus[i];
    const auto loss = [&] { return weighted(reference_norm(x, gamma, beta, true), whole); };
    expect_gradient(x, dx, loss, "x");
    expect_gradient(gamma, dgamma, loss, "gamma");
    expect_gradient(beta, dbeta, loss, "beta");
  }
}

const DepthwiseShape kShapes[] = {{1, 1, 1, 8, 1, 1, 1},    {2, 5, 4, 8, 1, 1, 1},   {3, 6, 6, 16, 2, 0, 1},
                                  {2, 7, 7, 24, 2, 1, 1},   {17, 4, 4, 48, 1, 1, 1}, {2, 12, 8, 32, 2, 0, 1},
                                  {1, 40, 40, 32, 1, 1, 1}, {1, 41, 48, 40, 2, 0, 1}};

TEST(DepthwiseKernels, MatchTheTextbook) {
  Team team(2);
  for (const DepthwiseShape& shape : kShapes) {
    const int64_t rows = shape.pictures * shape.rows * shape.columns;
    const Values x = random_values(rows * shape.channels, 11);
    const Values gamma = random_values(shape.channels, 12);
    const Values beta = random_values(shape.channels, 13, 3.0);
    const Values weights = random_values(size_t{9} * shape.channels, 14);
    const auto expected = reference_depthwise(shape, reference_norm(x, gamma, beta, true), weights);
    Values y(expected.size(), -1.0F), packed;
    pack_depthwise(weights.data(), shape.channels, packed);
    PartSums sums(kDepthwiseParts, shape.channels);
    depthwise_forward(team, shape, x.data(),
                      channel_map(measured(x, rows, shape.channels), gamma.data(), beta.data(), true), packed,
                      y.data(), &sums);
    for (size_t i = 0; i < y.size(); ++i) ASSERT_NEAR(y[i], expected[i], 1e-4) << shape.rows << " " << i;
    const auto out = static_cast<int64_t>(y.size()) / shape.channels;
    const Moments due = measured(y, out, shape.channels);
    const Moments taken = moments_of(sums.total(), out);
    for (int c = 0; c < shape.channels; ++c) {
      EXPECT_NEAR(taken.mean[c], due.mean[c], 1e-5);
      EXPECT_NEAR(taken.variance[c], due.variance[c], 1e-4 * (1 + due.variance[c]));
    }
  }
}

TEST(DepthwiseKernels, GradientsMatchDifferences) {
  Team team(2);
  for (const DepthwiseShape& shape : {kShapes[1], kShapes[2], kShapes[3]}) {
    const int channels = shape.channels;
    const int64_t rows = shape.pictures * shape.rows * shape.columns;
    Values x = random_values(rows * channels, 21);
    Values gamma = random_values(channels, 22);
    Values beta = random_values(channels, 23);
    Values weights = random_values(size_t{9} * channels, 24);
    const Moments moments = measured(x, rows, channels);
    const Values mean = as_floats(moments.mean);
    const ChannelMap map = channel_map(moments, gamma.data(), beta.data(), true);
    const Values dy = random_values(shape.pictures * shape.out_rows() * shape.out_columns() * channels, 25);
    const Spread as_it_is{Values(channels, 1.0F), Values(channels, 0.0F), Values(channels, 0.0F)};
    Values g(x.size()), dx(x.size()), dweights(weights.size()), dgamma(channels), dbeta(channels), packed;
    pack_depthwise(weights.data(), channels, packed);
    PartSums sums(kDepthwiseParts, channels);
    depthwise_backward(team, shape, {x.data(), &map, mean.data(), nullptr}, packed,
                       {dy.data(), dy.data(), as_it_is}, g.data(), sums, dweights.data());
    spread_rows(g.data(), x.data(), spread_of(moments, map, sums.total(), rows, dgamma.data(), dbeta.data()),
                rows, channels, dx.data(), channels);
    const auto loss = [&] {
      return weighted(reference_depthwise(shape, reference_norm(x, gamma, beta, true), weights), dy);
    };
    expect_gradient(x, dx, loss, "x");
    expect_gradient(weights, dweights, loss, "weights");
    expect_gradient(gamma, dgamma, loss, "gamma");
    expect_gradient(beta, dbeta, loss, "beta");
  }
}

ReadRows rows_of(const Values& x, int channels) {
  return [&x, channels](int64_t row, int count, float* to, int64_t pitch) {
    for (int i = 0; i < count; ++i) std::copy_n(x.data() + (row + i) * channels, channels, to + i * pitch);
  };
}

TEST(PointwiseKernels, MatchTheTextbook) {
  Team team(2);
  for (const PointwiseShape& shape : std::initializer_list<PointwiseShape>{
           {1, 8, 8}, {7, 24, 16}, {400, 40, 24}, {391, 8, 56}, {5000, 16, 8}, {60, 27, 16}}) {
    const auto [rows, in, out] = shape;
    const Values x = random_values(rows * in, 31);
    const Values weights = random_values(size_t{1} * in * out, 32);
    const Values dy = random_values(rows * out, 33);
    Packed forward, backward;
    pack_forward(weights.data(), in, out, forward);
    const bool goes_on = in % 8 == 0;
    if (goes_on) pack_backward(weights.data(), in, out, backward);
    Values y(dy.size()), seen(dy.size()), dx(x.size()), dweights(weights.size(), 2.0F);
    pointwise_forward(team, shape, rows_of(x, in), forward, y.data(),
                      [&](int, int64_t row, int count, const float* from, int64_t) {
                        std::copy_n(from, count * shape.out, seen.data() + row * shape.out);
                      });
    EXPECT_EQ(seen, y);
    const SeeRows keep = [&](int, int64_t row, int count, const float* from, int64_t pitch) {
      for (int i = 0; i < count; ++i)
        std::copy_n(from + i * pitch, shape.in, dx.data() + (row + i) * shape.in);
    };
    pointwise_backward(team, shape, rows_of(x, in), rows_of(dy, out), backward, dweights.data(),
                       goes_on ? keep : SeeRows());
    std::vector<double> due_y(y.size()), due_dx(x.size()), due_dweights(weights.size(), 2.0);
    for (int64_t r = 0; r < rows; ++r) {
      for (int o = 0; o < out; ++o) {
        for (int i = 0; i < in; ++i) {
          due_y[r * out + o] += double{x[r * in + i]} * weights[o * in + i];
          due_dx[r * in + i] += double{dy[r * out + o]} * weights[o * in + i];
          due_dweights[o * in + i] += double{dy[r * out + o]} * x[r * in + i];
        }
      }
    }
    for (size_t i = 0; i < y.size(); ++i) ASSERT_NEAR(y[i], due_y[i], 1e-4) << rows << " " << in << " " << i;
    for (size_t i = 0; i < dweights.size(); ++i) {
      ASSERT_NEAR(dweights[i], due_dweights[i], 1e-3) << rows << " " << in << " " << i;
    }
    for (size_t i = 0; goes_on && i < dx.size(); ++i) ASSERT_NEAR(dx[i], due_dx[i], 1e-4) << rows << " " << i;
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
