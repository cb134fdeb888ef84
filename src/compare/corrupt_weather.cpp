// Snow, frost, fog, and too much light.
#include <array>
#include <numbers>

#include "compare/kinds.h"

namespace dew::compare {
namespace {

constexpr float kPi = std::numbers::pi_v<float>;

struct Flakes {
  float mean;    // of the noise that flakes are cut from: how many there are
  float size;    // pixels of 224
  float radius;  // of the fall's motion blur
  float sigma;
  float keep;  // of the picture; the rest turns to the white of a snowy day
};

Raster falling_flakes(int side, const Flakes& flakes, RandomStream& random) {
  constexpr float kDeviation = 0.25F;
  constexpr float kLeast = 0.5F;  // less is no flake
  const float degrees = random.uniform(-135, -45);
  Raster layer(side, 1);
  for (float& value : layer.values) {
    const float drawn = flakes.mean + kDeviation * random.normal();
    value = drawn < kLeast ? 0.0F : std::min(drawn, 1.0F);
  }
  layer = zoomed(layer, std::max(layer.length(flakes.size), 1.0F));
  return motion_blurred(layer, layer.length(flakes.radius), layer.length(flakes.sigma), degrees);
}

/// One needle of ice from a point, with shorter ones at 60 degrees off it, as frost grows on glass.
class Needles {
 public:
  Needles(Raster& ice, RandomStream& random) : ice_(ice), random_(random) {}

  /// Lengths in pixels, angle in radians.
  void grow(float x, float y, float angle, float length, int branchings) {
    constexpr float kStep = 0.7F;
    const float between = std::max(2.0F, length / 9);
    float next = between;
    for (float grown = 0; grown < length; grown += kStep) {
      const float strength = 1 - 0.7F * grown / length;
      dot(x, y, strength);
      if (branchings > 0 && grown >= next) {
        next += between;
        for (const float side : {-1.0F, 1.0F})
          grow(x, y, angle + side * kPi / 3, (length - grown) * random_.uniform(0.2F, 0.5F), branchings - 1);
      }
      angle += random_.uniform(-0.03F, 0.03F);
      x += kStep * std::cos(angle);
      y += kStep * std::sin(angle);
    }
  }

 private:
  void dot(float x, float y, float strength) {
    std::vector<Tap>& taps = taps_;
    taps.clear();
    add_between_pixels(taps, x, y, strength);
    for (const Tap& tap : taps) {
      if (tap.dx < 0 || tap.dy < 0 || tap.dx >= ice_.side || tap.dy >= ice_.side) continue;
      float& value = *ice_.at(tap.dx, tap.dy);
      value = std::max(value, tap.weight);
    }
  }

  Raster& ice_;
  RandomStream& random_;
  std::vector<Tap> taps_;
};

/// Ice on a window, 0...1: needles that grow inwards from the border over a veil that is thick there.
Raster drawn_ice(int side, RandomStream& random) {
  constexpr int kNeedles = 16;
  const auto width = static_cast<float>(side);
  const float middle = width / 2;
  Raster veil = clouds(side, 1.7F, random);
  Raster ice(side, 1);
  Needles needles(ice, random);
  for (int i = 0; i < kNeedles; ++i) {
    const float along = random.uniform(0, width);
    const std::array<std::pair<float, float>, 4> borders{
        {{along, 0}, {width, along}, {along, width}, {0, along}}};
    const auto [x, y] = borders.at(i % 4);
    const float inwards = std::atan2(middle - y, middle - x) + random.uniform(-0.6F, 0.6F);
    needles.grow(x, y, inwards, width * random.uniform(0.3F, 0.75F), 2);
  }
  const Raster glow = gaussian_blurred(ice, ice.length(2));
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const float off =
          std::max(std::abs(static_cast<float>(x) - middle), std::abs(static_cast<float>(y) - middle));
      const float border = 0.35F + 0.65F * smooth_step(0.2F, 1.0F, off / middle);
      float& value = *ice.at(x, y);
      value = std::min(1.0F, 0.6F * value + 0.4F * *glow.at(x, y) + border * *veil.at(x, y));
    }
  }
  return ice;
}

}  // namespace

void snow(Raster& picture, int severity, RandomStream& random) {
  constexpr std::array<Flakes, 5> kFlakes{{{0.06F, 3, 10, 4, 0.8F},
                                           {0.10F, 3, 12, 4, 0.75F},
                                           {0.14F, 3.5F, 12, 6, 0.7F},
                                           {0.18F, 4, 12, 8, 0.65F},
                                           {0.22F, 4, 12, 10, 0.6F}}};
  const Flakes flakes = kFlakes.at(severity);
  const Raster layer = falling_flakes(picture.side, flakes, random);
  const size_t pixels = layer.values.size();
  for (size_t i = 0; i < pixels; ++i) {
    float* rgb = picture.values.data() + 3 * i;
    const float grey = 0.299F * rgb[0] + 0.587F * rgb[1] + 0.114F * rgb[2];
    // The layer falls twice, once upside down: flakes of two directions.
    const float white = layer.values[i] + layer.values[pixels - 1 - i];
    for (int c = 0; c < 3; ++c)
      rgb[c] = mix(std::max(rgb[c], 1.5F * grey + 0.5F), rgb[c], flakes.keep) + white;
  }
}

void frost(Raster& picture, int severity, RandomStream& random) {
  constexpr std::array kOpacity{0.5F, 0.63F, 0.76F, 0.88F, 1.0F};
  constexpr std::array kColour{0.88F, 0.95F, 1.0F};
  const Raster ice = drawn_ice(picture.side, random);
  for (size_t i = 0; i < picture.values.size(); ++i)
    picture.values[i] = mix(picture.values[i], kColour.at(i % 3), kOpacity.at(severity) * ice.values[i / 3]);
}

void fog(Raster& picture, int severity, RandomStream& random) {
  struct Fog {
    float thickness;
    float decay;
  };
  constexpr std::array<Fog, 5> kFog{{{1, 2}, {1.5F, 2}, {2, 1.9F}, {2.7F, 1.8F}, {3.6F, 1.7F}}};
  constexpr float kThinnest = 0.35F;  // of the thickest: fog has no holes
  const Fog thick = kFog.at(severity);
  const Raster mist = clouds(picture.side, thick.decay, random);
  const float most = *std::max_element(picture.values.begin(), picture.values.end());
  for (size_t i = 0; i < picture.values.size(); ++i) {
    const float here = thick.thickness * mix(kThinnest, 1, mist.values[i / 3]);
    picture.values[i] = (picture.values[i] + here) * most / (most + thick.thickness);
  }
}

void brightness(Raster& picture, int severity, RandomStream&) {
  constexpr std::array kMore{0.1F, 0.2F, 0.3F, 0.4F, 0.5F};
  // The value of hue, saturation and value is raised: the largest channel, the others in proportion.
  for (size_t i = 0; i < picture.values.size(); i += 3) {
    float* rgb = picture.values.data() + i;
    const float value = std::max({rgb[0], rgb[1], rgb[2]});
    const float raised = std::min(value + kMore.at(severity), 1.0F);
    for (int c = 0; c < 3; ++c) rgb[c] = value > 0 ? rgb[c] * raised / value : raised;
  }
}

}  // namespace dew::compare
