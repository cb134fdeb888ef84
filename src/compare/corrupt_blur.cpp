// Out of focus, behind glass, moving, zooming.
#include <array>

#include "compare/kinds.h"

namespace dew::compare {

void defocus_blur(Raster& picture, int severity, RandomStream&) {
  constexpr std::array kRadius{3.0F, 4.0F, 6.0F, 8.0F, 10.0F};
  const float radius = picture.length(kRadius.at(severity));
  const int reach = static_cast<int>(std::ceil(radius));
  std::vector<Tap> disk;
  for (int dy = -reach; dy <= reach; ++dy) {
    for (int dx = -reach; dx <= reach; ++dx) {
      // The edge of a small disk falls between pixels: those that it cuts count by a part.
      const float inside = radius + 0.5F - std::hypot(static_cast<float>(dx), static_cast<float>(dy));
      if (inside > 0) disk.push_back({dx, dy, std::min(inside, 1.0F)});
    }
  }
  picture = filtered(picture, std::move(disk));
}

void glass_blur(Raster& picture, int severity, RandomStream& random) {
  struct Glass {
    float sigma;
    float shift;
    int rounds;
  };
  constexpr std::array<Glass, 5> kGlass{{{0.7F, 1, 2}, {0.9F, 2, 1}, {1, 2, 3}, {1.1F, 3, 2}, {1.5F, 4, 2}}};
  const Glass glass = kGlass.at(severity);
  const float shift = picture.length(glass.shift);
  Raster shifts(picture.side, 2);
  for (int round = 0; round < glass.rounds; ++round)
    for (float& value : shifts.values) value += random.uniform(-shift, shift);
  const float sigma = picture.length(glass.sigma);
  picture = warped(gaussian_blurred(picture, sigma), [&](int x, int y) {
    const float* by = shifts.at(x, y);
    return std::pair(static_cast<float>(x) + by[0], static_cast<float>(y) + by[1]);
  });
  picture = gaussian_blurred(picture, sigma);
}

void motion_blur(Raster& picture, int severity, RandomStream& random) {
  struct Motion {
    float radius;
    float sigma;
  };
  constexpr std::array<Motion, 5> kMotion{{{10, 3}, {15, 5}, {15, 8}, {15, 12}, {20, 15}}};
  const Motion motion = kMotion.at(severity);
  picture = motion_blurred(picture, picture.length(motion.radius), picture.length(motion.sigma),
                           random.uniform(-45, 45));
}

void zoom_blur(Raster& picture, int severity, RandomStream&) {
  struct Zoom {
    float most;
    float step;
  };
  constexpr std::array<Zoom, 5> kZoom{
      {{1.10F, 0.01F}, {1.15F, 0.01F}, {1.20F, 0.02F}, {1.25F, 0.02F}, {1.30F, 0.03F}}};
  const Zoom zoom = kZoom.at(severity);
  Raster sum = picture;
  float pictures = 1;
  for (int i = 0; 1 + static_cast<float>(i) * zoom.step < zoom.most + zoom.step / 2; ++i) {
    const Raster larger = zoomed(picture, 1 + static_cast<float>(i) * zoom.step);
    for (size_t k = 0; k < sum.values.size(); ++k) sum.values[k] += larger.values[k];
    ++pictures;
  }
  for (float& value : sum.values) value /= pictures;
  picture = std::move(sum);
}

}  // namespace dew::compare
