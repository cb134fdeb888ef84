// A square of floats, and what several corruptions do with it: filters, warps, fractal clouds.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "compare/random_stream.h"

namespace dew::compare {

/// side x side x channels, rows top down. Pictures have 3 channels and values 0...1; flakes, ice and clouds
/// have 1.
struct Raster {
  Raster(int the_side, int the_channels)
      : side(the_side),
        channels(the_channels),
        values(static_cast<size_t>(the_side) * static_cast<size_t>(the_side) *
               static_cast<size_t>(the_channels)) {}

  [[nodiscard]] float* at(int x, int y) { return values.data() + offset(x, y); }
  [[nodiscard]] const float* at(int x, int y) const { return values.data() + offset(x, y); }
  /// A length that is given in pixels of a picture of 224 x 224, in pixels of this one.
  [[nodiscard]] float length(float of_224) const { return of_224 * static_cast<float>(side) / 224.0F; }

  int side;
  int channels;
  std::vector<float> values;

 private:
  [[nodiscard]] size_t offset(int x, int y) const {
    return (static_cast<size_t>(y) * static_cast<size_t>(side) + static_cast<size_t>(x)) *
           static_cast<size_t>(channels);
  }
};

/// One weight of a filter that is mostly zeros.
struct Tap {
  int dx = 0;
  int dy = 0;
  float weight = 0;
};

/// Each value becomes the sum of weight * value at (x + dx, y + dy); the border's values go on outside.
/// `taps` are scaled to a sum of 1.
Raster filtered(const Raster& raster, std::vector<Tap> taps);

Raster gaussian_blurred(const Raster& raster, float sigma);

/// Smeared along a line of `radius` pixels that starts at each pixel, with half a Gaussian's weights, as
/// ImageMagick's motion blur that ImageNet-C takes.
Raster motion_blurred(const Raster& raster, float radius, float sigma, float degrees);

/// A weight at a place between pixels becomes up to four at pixels.
void add_between_pixels(std::vector<Tap>& taps, float dx, float dy, float weight);

/// Clouds by the diamond-square algorithm, one channel, scaled to 0...1. `decay` > 1: by what the steps
/// shrink from one octave to the next; large is smooth.
Raster clouds(int side, float decay, RandomStream& random);

/// Into 0...side-1 by mirroring at the border pixels; what is far outside ends at a border.
inline int mirrored(int at, int side) {
  if (at < 0) at = -at;
  if (at >= side) at = 2 * side - 2 - at;
  return std::clamp(at, 0, side - 1);
}

/// Where a coordinate falls between two pixels of a row or column, both mirrored into it.
struct Between {
  Between(float at, int side) {
    constexpr int kFar = 4096;  // std::floor is a call where the processor's baseline has no such instruction
    const int below = static_cast<int>(at + static_cast<float>(kFar)) - kFar;
    share = at - static_cast<float>(below);
    first = mirrored(below, side);
    second = mirrored(below + 1, side);
  }

  int first;
  int second;
  float share;  ///< of the second
};

inline float mix(float a, float b, float share) {
  return a + (b - a) * share;
}

/// The values between pixels, bilinearly.
inline void sample(const Raster& raster, const Between& x, const Between& y, float* values) {
  const float* top_left = raster.at(x.first, y.first);
  const float* top_right = raster.at(x.second, y.first);
  const float* bottom_left = raster.at(x.first, y.second);
  const float* bottom_right = raster.at(x.second, y.second);
  for (int c = 0; c < raster.channels; ++c) {
    const float above = mix(top_left[c], top_right[c], x.share);
    values[c] = mix(above, mix(bottom_left[c], bottom_right[c], x.share), y.share);
  }
}

/// Each pixel takes the values at place(x, y), a pair of floats in pixels; beyond the border the picture is
/// mirrored.
template <typename Place>
Raster warped(const Raster& raster, const Place& place) {
  Raster result(raster.side, raster.channels);
  for (int y = 0; y < raster.side; ++y) {
    for (int x = 0; x < raster.side; ++x) {
      const std::pair<float, float> from = place(x, y);
      sample(raster, Between(from.first, raster.side), Between(from.second, raster.side), result.at(x, y));
    }
  }
  return result;
}

/// The picture `times` as large around its middle.
Raster zoomed(const Raster& raster, float times);

/// 0 below `low`, 1 above `high`, smooth between.
inline float smooth_step(float low, float high, float value) {
  const float t = std::clamp((value - low) / (high - low), 0.0F, 1.0F);
  return t * t * (3 - 2 * t);
}

}  // namespace dew::compare
