#include "compare/raster.h"

#include <numbers>

namespace dew::compare {
namespace {

/// With `margin` pixels around that repeat the border.
Raster padded(const Raster& raster, int margin) {
  Raster result(raster.side + 2 * margin, raster.channels);
  for (int y = 0; y < result.side; ++y) {
    for (int x = 0; x < result.side; ++x) {
      const float* from =
          raster.at(std::clamp(x - margin, 0, raster.side - 1), std::clamp(y - margin, 0, raster.side - 1));
      std::copy_n(from, raster.channels, result.at(x, y));
    }
  }
  return result;
}

void scale_to_one(std::vector<Tap>& taps) {
  float sum = 0;
  for (const Tap& tap : taps) sum += tap.weight;
  for (Tap& tap : taps) tap.weight /= sum;
}

/// One octave of clouds(): the middles of squares `step` wide from their corners, then those of the diamonds.
/// The square wraps around, so that it needs no border of its own.
void add_octave(Raster& square, int step, float height, RandomStream& random) {
  const int side = square.side;
  const int half = step / 2;
  const auto value = [&](int x, int y) { return *square.at((x + side) % side, (y + side) % side); };
  for (int y = half; y < side; y += step) {
    for (int x = half; x < side; x += step) {
      const float mean = (value(x - half, y - half) + value(x + half, y - half) + value(x - half, y + half) +
                          value(x + half, y + half)) /
                         4;
      *square.at(x, y) = mean + height * random.uniform(-1, 1);
    }
  }
  for (int y = 0; y < side; y += half) {
    for (int x = (y / half) % 2 == 0 ? half : 0; x < side; x += step) {
      const float mean =
          (value(x - half, y) + value(x + half, y) + value(x, y - half) + value(x, y + half)) / 4;
      *square.at(x, y) = mean + height * random.uniform(-1, 1);
    }
  }
}

}  // namespace

Raster filtered(const Raster& raster, std::vector<Tap> taps) {
  scale_to_one(taps);
  int margin = 0;
  for (const Tap& tap : taps) margin = std::max({margin, std::abs(tap.dx), std::abs(tap.dy)});
  const Raster wide = padded(raster, margin);
  Raster result(raster.side, raster.channels);
  const int row = raster.side * raster.channels;
  for (int y = 0; y < raster.side; ++y) {
    float* to = result.at(0, y);
    for (const Tap& tap : taps) {
      const float* from = wide.at(margin + tap.dx, y + margin + tap.dy);
      for (int i = 0; i < row; ++i) to[i] += tap.weight * from[i];
    }
  }
  return result;
}

Raster gaussian_blurred(const Raster& raster, float sigma) {
  const int radius = std::min(static_cast<int>(std::ceil(3 * sigma)), raster.side);
  if (radius == 0) return raster;
  std::vector<Tap> across;
  std::vector<Tap> down;
  for (int i = -radius; i <= radius; ++i) {
    const auto distance = static_cast<float>(i);
    const float weight = std::exp(-distance * distance / (2 * sigma * sigma));
    across.push_back({i, 0, weight});
    down.push_back({0, i, weight});
  }
  return filtered(filtered(raster, std::move(across)), std::move(down));
}

void add_between_pixels(std::vector<Tap>& taps, float dx, float dy, float weight) {
  const float left = std::floor(dx);
  const float top = std::floor(dy);
  for (int j = 0; j < 2; ++j) {
    for (int i = 0; i < 2; ++i) {
      const float share = (i == 1 ? dx - left : 1 - (dx - left)) * (j == 1 ? dy - top : 1 - (dy - top));
      if (share > 0) taps.push_back({static_cast<int>(left) + i, static_cast<int>(top) + j, weight * share});
    }
  }
}

Raster motion_blurred(const Raster& raster, float radius, float sigma, float degrees) {
  const float angle = degrees * std::numbers::pi_v<float> / 180;
  std::vector<Tap> taps;
  for (int i = 0; i == 0 || static_cast<float>(i) <= radius; ++i) {
    const auto distance = static_cast<float>(i);
    add_between_pixels(taps, distance * std::cos(angle), distance * std::sin(angle),
                       std::exp(-distance * distance / (2 * sigma * sigma)));
  }
  return filtered(raster, std::move(taps));
}

Raster clouds(int side, float decay, RandomStream& random) {
  int wide = 2;
  while (wide < side) wide *= 2;
  Raster square(wide, 1);
  float height = 1;
  for (int step = wide; step >= 2; step /= 2) {
    add_octave(square, step, height, random);
    height /= decay;
  }
  const auto [low, high] = std::minmax_element(square.values.begin(), square.values.end());
  const float bottom = *low;
  const float range = std::max(*high - *low, 1e-6F);
  Raster result(side, 1);
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) *result.at(x, y) = (*square.at(x, y) - bottom) / range;
  return result;
}

Raster zoomed(const Raster& raster, float times) {
  const float middle = static_cast<float>(raster.side - 1) / 2;
  std::vector<Between> places;  // the same along rows and columns
  for (int i = 0; i < raster.side; ++i)
    places.emplace_back(middle + (static_cast<float>(i) - middle) / times, raster.side);
  Raster result(raster.side, raster.channels);
  std::vector<float> row(static_cast<size_t>(raster.side * raster.channels));
  for (int y = 0; y < raster.side; ++y) {
    const Between& down = places[static_cast<size_t>(y)];
    const float* above = raster.at(0, down.first);
    const float* below = raster.at(0, down.second);
    for (size_t i = 0; i < row.size(); ++i) row[i] = mix(above[i], below[i], down.share);
    for (int x = 0; x < raster.side; ++x) {
      const Between& across = places[static_cast<size_t>(x)];
      const float* left = row.data() + across.first * raster.channels;
      const float* right = row.data() + across.second * raster.channels;
      float* to = result.at(x, y);
      for (int c = 0; c < raster.channels; ++c) to[c] = mix(left[c], right[c], across.share);
    }
  }
  return result;
}

}  // namespace dew::compare
