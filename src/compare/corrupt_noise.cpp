// What a sensor adds: noise at each value by itself.
#include <array>
#include <optional>

#include "compare/kinds.h"

namespace dew::compare {
namespace {

/// Poisson's numbers of one mean, drawn by inverting the distribution function. A table tells where to begin
/// (Chen & Asau's guide), so that a draw takes a step or two.
class Poisson {
 public:
  explicit Poisson(double mean) {
    double probability = std::exp(-mean);
    double sum = probability;
    for (int count = 1; sum < 1 - 1e-7 && count < 1000; ++count) {
      sums_.push_back(static_cast<float>(sum));
      probability *= mean / count;
      sum += probability;
    }
    for (size_t i = 0, count = 0; i < kGuides; ++i) {
      while (count < sums_.size() && sums_[count] <= static_cast<float>(i) / kGuides) ++count;
      guide_.at(i) = count;
    }
  }

  [[nodiscard]] size_t draw(float uniform) const {
    size_t count = guide_[static_cast<size_t>(uniform * kGuides)];
    while (count < sums_.size() && sums_[count] <= uniform) ++count;
    return count;
  }

 private:
  static constexpr size_t kGuides = 64;
  std::vector<float> sums_;
  std::array<size_t, kGuides> guide_{};
};

}  // namespace

void gaussian_noise(Raster& picture, int severity, RandomStream& random) {
  constexpr std::array kDeviation{0.08F, 0.12F, 0.18F, 0.26F, 0.38F};
  for (float& value : picture.values) value += kDeviation.at(severity) * random.normal();
}

void shot_noise(Raster& picture, int severity, RandomStream& random) {
  constexpr std::array kPhotons{60.0, 25.0, 12.0, 5.0, 3.0};  // of white
  const double photons = kPhotons.at(severity);
  // A picture has 256 levels at most, so 256 distributions at most.
  std::array<std::optional<Poisson>, 256> of_level;
  for (float& value : picture.values) {
    std::optional<Poisson>& poisson = of_level[static_cast<size_t>(value * 255 + 0.5F)];
    if (!poisson) poisson.emplace(value * photons);
    value = static_cast<float>(static_cast<double>(poisson->draw(random.uniform())) / photons);
  }
}

void impulse_noise(Raster& picture, int severity, RandomStream& random) {
  constexpr std::array kShare{0.03F, 0.06F, 0.09F, 0.17F, 0.27F};
  const float share = kShare.at(severity);
  for (float& value : picture.values) {
    const float draw = random.uniform();
    const float salt = random.uniform();
    if (draw < share) value = salt < 0.5F ? 0.0F : 1.0F;
  }
}

}  // namespace dew::compare
