// What a camera on a device meets besides: night, a dirty lens, another place to stand, a trembling mount.
#include <array>
#include <numbers>

#include "compare/kinds.h"

namespace dew::compare {
namespace {

constexpr float kPi = std::numbers::pi_v<float>;

/// IEC 61966-2-1.
float light_of(float value) {
  return value <= 0.04045F ? value / 12.92F : std::pow((value + 0.055F) / 1.055F, 2.4F);
}

float value_of(float light) {
  return light <= 0.0031308F ? light * 12.92F : 1.055F * std::pow(light, 1 / 2.4F) - 0.055F;
}

constexpr int kLevels = 16384;

/// value_of() by a table: pow() at each pixel would be most of the work.
float value_by_table(float light) {
  static const std::vector<float> table = [] {
    std::vector<float> made;
    for (int i = 0; i <= kLevels; ++i) made.push_back(value_of(static_cast<float>(i) / kLevels));
    return made;
  }();
  return table[static_cast<size_t>(std::clamp(light, 0.0F, 1.0F) * kLevels + 0.5F)];
}

/// A spot out of focus: round, with a wavy edge.
struct Spot {
  float x;
  float y;
  float radius;
  float waves;
  float opacity;
  float grey;
};

Spot drawn_spot(float side, RandomStream& random) {
  Spot spot{};
  spot.x = random.uniform(0, side);
  spot.y = random.uniform(0, side);
  spot.radius = side * random.uniform(0.04F, 0.13F);
  spot.waves = random.uniform(0, 2 * kPi);
  spot.opacity = random.uniform(0.6F, 1);
  spot.grey = random.uniform(0.08F, 0.35F);
  return spot;
}

void put(Raster& picture, const Spot& spot, float opacity) {
  constexpr std::array kColour{1.0F, 0.88F, 0.72F};  // earth
  const float wave_x = std::cos(spot.waves);
  const float wave_y = std::sin(spot.waves);
  const int last = picture.side - 1;
  const float reach = 1.5F * spot.radius;
  for (int y = std::max(0, static_cast<int>(spot.y - reach));
       y <= std::min(last, static_cast<int>(spot.y + reach)); ++y) {
    for (int x = std::max(0, static_cast<int>(spot.x - reach));
         x <= std::min(last, static_cast<int>(spot.x + reach)); ++x) {
      const float across = static_cast<float>(x) - spot.x;
      const float down = static_cast<float>(y) - spot.y;
      const float distance = std::max(std::sqrt(across * across + down * down), 1e-3F);
      // cos(3 turn + waves) by the formula for three times an angle: no trigonometry at each pixel.
      const float c = across / distance;
      const float s = down / distance;
      const float wave = (4 * c * c * c - 3 * c) * wave_x - (3 * s - 4 * s * s * s) * wave_y;
      const float edge = spot.radius * (1 + 0.12F * wave);
      const float share = opacity * spot.opacity * (1 - smooth_step(0.5F, 1.3F, distance / edge));
      float* rgb = picture.at(x, y);
      for (size_t i = 0; i < 3; ++i) rgb[i] = mix(rgb[i], spot.grey * kColour.at(i), share);
    }
  }
}

using Vector = std::array<float, 3>;

/// `v` turned by `radians` around the axis (cos, sin, 0) of the picture's plane (Rodrigues).
Vector turned(const Vector& v, float axis, float radians) {
  const Vector k{std::cos(axis), std::sin(axis), 0};
  const Vector cross{k[1] * v[2], -k[0] * v[2], k[0] * v[1] - k[1] * v[0]};
  const float along = k[0] * v[0] + k[1] * v[1];
  Vector result{};
  for (size_t i = 0; i < 3; ++i)
    result.at(i) = v.at(i) * std::cos(radians) + cross.at(i) * std::sin(radians) +
                   k.at(i) * along * (1 - std::cos(radians));
  return result;
}

}  // namespace

void dark(Raster& picture, int severity, RandomStream& random) {
  // A phone's or a board's camera: a pixel holds some thousand electrons.
  constexpr std::array kStops{1.5F, 2.5F, 3.5F, 4.5F, 5.5F};
  constexpr float kElectrons = 2000;  // of white in full light
  constexpr float kReadNoise = 5;
  const float light = std::exp2(-kStops.at(severity));
  std::array<float, 256> electrons{};
  for (size_t level = 0; level < electrons.size(); ++level)
    electrons.at(level) = kElectrons * light * light_of(static_cast<float>(level) / 255);
  for (float& value : picture.values) {
    const float mean = electrons.at(static_cast<size_t>(value * 255 + 0.5F));
    // Above a dozen, Poisson's numbers are as good as Gauss's; below, the read noise covers the difference.
    const float read = mean + std::sqrt(mean + kReadNoise * kReadNoise) * random.normal();
    value = value_by_table(read / kElectrons);
  }
}

void dirt(Raster& picture, int severity, RandomStream& random) {
  constexpr std::array kSpots{3, 6, 9, 13, 18};
  constexpr std::array kOpacity{0.6F, 0.7F, 0.8F, 0.88F, 0.95F};
  constexpr std::array kGrease{0.2F, 0.35F, 0.5F, 0.65F, 0.8F};
  const Raster grease = clouds(picture.side, 2.2F, random);
  const Raster smeared = gaussian_blurred(picture, picture.length(5));
  for (size_t i = 0; i < picture.values.size(); ++i) {
    const float share = kGrease.at(severity) * smooth_step(0.4F, 0.8F, grease.values[i / 3]);
    picture.values[i] = mix(picture.values[i], 0.75F * smeared.values[i] + 0.2F, share);
  }
  for (int i = 0; i < kSpots.at(severity); ++i)
    put(picture, drawn_spot(static_cast<float>(picture.side), random), kOpacity.at(severity));
}

void angle(Raster& picture, int severity, RandomStream& random) {
  constexpr std::array kDegrees{10.0F, 17.0F, 24.0F, 31.0F, 38.0F};
  constexpr float kDistance = 1.1F;  // from the eye to the picture, in sides
  const float radians = kDegrees.at(severity) * kPi / 180;
  const float axis = random.uniform(0, 2 * kPi);
  const float roll = random.uniform(-0.25F, 0.25F) * radians;
  const Vector normal = turned({0, 0, 1}, axis, radians);
  const auto side = static_cast<float>(picture.side);
  const float middle = (side - 1) / 2;
  picture = warped(picture, [&](int x, int y) {
    const float u = (static_cast<float>(x) - middle) / side;
    const float v = (static_cast<float>(y) - middle) / side;
    const Vector ray{u * std::cos(roll) - v * std::sin(roll), u * std::sin(roll) + v * std::cos(roll),
                     kDistance};
    // Where the ray meets the turned plane, then that place in the plane's own coordinates.
    const float reach =
        kDistance * normal[2] / (normal[0] * ray[0] + normal[1] * ray[1] + normal[2] * ray[2]);
    const Vector met = turned({reach * ray[0], reach * ray[1], reach * ray[2] - kDistance}, axis, -radians);
    return std::pair(middle + met[0] * side, middle + met[1] * side);
  });
}

void shake(Raster& picture, int severity, RandomStream& random) {
  constexpr std::array kReach{3.0F, 6.0F, 9.0F, 13.0F, 18.0F};  // pixels of 224
  constexpr int kMoments = 6;                                   // of one row's exposure
  constexpr float kExposure = 0.08F;                            // of the time from the first row to the last
  const float reach = picture.length(kReach.at(severity));
  std::array<float, 4> phase{};
  for (float& value : phase) value = random.uniform(0, 2 * kPi);
  const float slow = random.uniform(1, 1.6F) * 2 * kPi;
  const float fast = random.uniform(2.5F, 3.5F) * 2 * kPi;
  Raster sum(picture.side, 3);
  for (int moment = 0; moment < kMoments; ++moment) {
    std::vector<std::pair<float, float>> of_row;
    for (int y = 0; y < picture.side; ++y) {
      const float time = static_cast<float>(y) / static_cast<float>(picture.side) +
                         kExposure * static_cast<float>(moment) / kMoments;
      of_row.emplace_back(
          reach * (0.7F * std::sin(slow * time + phase[0]) + 0.3F * std::sin(fast * time + phase[1])),
          reach * 0.5F * (0.7F * std::sin(slow * time + phase[2]) + 0.3F * std::sin(fast * time + phase[3])));
    }
    const Raster seen = warped(picture, [&](int x, int y) {
      const auto& by = of_row[static_cast<size_t>(y)];
      return std::pair(static_cast<float>(x) + by.first, static_cast<float>(y) + by.second);
    });
    for (size_t i = 0; i < sum.values.size(); ++i) sum.values[i] += seen.values[i] / kMoments;
  }
  picture = std::move(sum);
}

}  // namespace dew::compare
