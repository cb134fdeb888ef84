// A heat map laid over its picture.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/finite.h"
#include "report/parts.h"

namespace dew::report {
namespace {

constexpr std::array<float, 3> kFor = {255, 122, 0};  // orange and blue stay apart for the colour-blind
constexpr std::array<float, 3> kAgainst = {30, 110, 255};
constexpr float kStrongest = 0.72F;  ///< share of the colour where the map is strongest

/// The map between its positions, which are the middles of equal cells: bilinear, level beyond the outermost.
class Smooth {
 public:
  explicit Smooth(const HeatMap& heat) : heat_(heat) {
    for (const float value : heat.values) strongest_ = std::max(strongest_, std::abs(value));
  }

  /// -1...1 at a point of the unit square.
  [[nodiscard]] float at(float x, float y) const {
    if (strongest_ == 0) return 0;
    const float column =
        std::clamp(x * static_cast<float>(heat_.columns) - 0.5F, 0.0F, static_cast<float>(heat_.columns - 1));
    const float row =
        std::clamp(y * static_cast<float>(heat_.rows) - 0.5F, 0.0F, static_cast<float>(heat_.rows - 1));
    const int left = std::min(static_cast<int>(column), std::max(heat_.columns - 2, 0));
    const int top = std::min(static_cast<int>(row), std::max(heat_.rows - 2, 0));
    const float right_share = column - static_cast<float>(left);
    const float lower_share = row - static_cast<float>(top);
    const float upper = value(top, left) * (1 - right_share) + value(top, left + 1) * right_share;
    const float lower = value(top + 1, left) * (1 - right_share) + value(top + 1, left + 1) * right_share;
    return (upper * (1 - lower_share) + lower * lower_share) / strongest_;
  }

 private:
  [[nodiscard]] float value(int row, int column) const {
    const int r = std::min(row, heat_.rows - 1);
    const int c = std::min(column, heat_.columns - 1);
    return heat_.values[static_cast<size_t>(r * heat_.columns + c)];
  }

  const HeatMap& heat_;
  float strongest_ = 0;
};

bool is_whole(const HeatMap& heat) {
  return heat.rows > 0 && heat.columns > 0 &&
         heat.values.size() == static_cast<size_t>(heat.rows) * static_cast<size_t>(heat.columns) &&
         all_finite(heat.values);
}

}  // namespace

Image heated(const Image& picture, const HeatMap& heat, int longest) {
  if (picture.empty()) return {};
  const int side = std::max(picture.width, picture.height);
  const auto scaled = [&](int length) {
    return std::max(1, static_cast<int>((int64_t{length} * longest + side / 2) / side));
  };
  Image image = resize(picture, scaled(picture.width), scaled(picture.height));
  if (!is_whole(heat)) return image;
  const Smooth smooth(heat);
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x) {
      const float strength = smooth.at((static_cast<float>(x) + 0.5F) / static_cast<float>(image.width),
                                       (static_cast<float>(y) + 0.5F) / static_cast<float>(image.height));
      uint8_t* pixel =
          image.rgb.data() +
          (static_cast<size_t>(y) * static_cast<size_t>(image.width) + static_cast<size_t>(x)) * 3;
      const float grey = 0.299F * pixel[0] + 0.587F * pixel[1] + 0.114F * pixel[2];  // ITU-R BT.601
      const auto& colour = strength > 0 ? kFor : kAgainst;
      const float share = std::abs(strength) * kStrongest;
      for (size_t c = 0; c < 3; ++c)
        pixel[c] = static_cast<uint8_t>(std::lround(grey * (1 - share) + colour[c] * share));
    }
  return image;
}

}  // namespace dew::report
