// Batch norm with ReLU6 over rows of channels, in pieces that convolutions apply while they read and write.
//
// A tensor in NHWC is a matrix [rows, channels] with rows = N * H * W. LibTorch takes a pass for each step of
// batch norm and another for the activation, and on nets this narrow the passes cost more than the
// convolutions. Here a layer's output is stored once, as the convolution leaves it; its readers apply the
// batch norm and the activation as they read, and its sums are taken while it is written. The same holds for
// gradients: what is stored, `g`, is what the activation lets through; its readers apply the batch norm's own
// backward pass.
//
// All functions take `rows` rows of `channels` (a multiple of 8). A `pitch` is the distance between rows in
// floats; without one the rows follow one another directly.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace dew::student {

/// y = x * scale + shift, with one pair per channel, clamped to `low` ... `high`: what a batch norm and its
/// activation do once the batch has been measured.
struct ChannelMap {
  std::vector<float> scale;
  std::vector<float> shift;
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};

/// y = x.
ChannelMap identity_map(int channels);

/// Two sums a channel.
struct Sums {
  std::vector<double> first;
  std::vector<double> second;
};

/// Sums taken by several threads: one pair of sums for each part of the work, added in the order of the
/// parts, so that the result does not depend on which thread did which part.
class PartSums {
 public:
  PartSums(int parts, int channels);
  /// `sums`: [2, channels], the first ones and then the second ones.
  void add(int part, const float* sums);
  [[nodiscard]] Sums total() const;

 private:
  int channels_;
  std::vector<double> sums_;  ///< [parts, 2, channels]
};

/// A batch's moments by channel: mean, and variance divided by the number of rows.
struct Moments {
  std::vector<double> mean;
  std::vector<double> variance;
  bool constant = false;  ///< not the batch's own: no gradient goes through them
};

/// Adds the sums of x and of x * x to `sums`, [2, channels].
void add_moments(const float* x, int64_t rows, int channels, float* sums);

/// From the totals of add_moments().
Moments moments_of(const Sums& sums, int64_t rows);

/// gamma * (x - mean) / sqrt(variance + epsilon) + beta, clamped to 0 ... 6 with `relu6`.
ChannelMap channel_map(const Moments& moments, const float* gamma, const float* beta, bool relu6);

/// y = map(x) + plus; `plus` may be null.
void map_rows(const float* x, const ChannelMap& map, const float* plus, int64_t rows, int channels, float* y,
              int64_t pitch);

/// How a gradient gets from a ChannelMap's output back to its input x.
struct WayBack {
  const float* x;
  const ChannelMap* map;
  const float* mean;  ///< one value per channel
  const float* plus;  ///< the gradient of another reader of map(x), added first; may be null
};

/// Writes to g what the activation lets through of dy, and adds the sums of g and of g * (x - mean) to
/// `sums`, [2, channels].
void mask_rows(const float* dy, int64_t pitch, const WayBack& way, int64_t rows, int channels, float* g,
               float* sums);

/// dx = scale * g + slope * x + offset: the backward pass of a batch norm whose sums are known.
struct Spread {
  std::vector<float> scale;
  std::vector<float> slope;
  std::vector<float> offset;
};

/// From the totals of mask_rows(); adds to dgamma and dbeta.
Spread spread_of(const Moments& moments, const ChannelMap& map, const Sums& sums, int64_t rows, float* dgamma,
                 float* dbeta);

void spread_rows(const float* g, const float* x, const Spread& spread, int64_t rows, int channels, float* dx,
                 int64_t pitch);

}  // namespace dew::student
