// What a converter, a scaler or an encoder does.
#include <array>
#include <numeric>

#include "compare/kinds.h"
#include "media/image.h"

namespace dew::compare {

void contrast(Raster& picture, int severity, RandomStream&) {
  constexpr std::array kShare{0.4F, 0.3F, 0.2F, 0.1F, 0.05F};
  std::array<double, 3> sums{};
  for (size_t i = 0; i < picture.values.size(); ++i) sums.at(i % 3) += picture.values[i];
  const double pixels = static_cast<double>(picture.values.size()) / 3;
  for (size_t i = 0; i < picture.values.size(); ++i)
    picture.values[i] =
        mix(static_cast<float>(sums.at(i % 3) / pixels), picture.values[i], kShare.at(severity));
}

void elastic_transform(Raster& picture, int severity, RandomStream& random) {
  constexpr std::array kShift{0.008F, 0.013F, 0.019F, 0.026F, 0.034F};  // deviation, as a share of the side
  constexpr std::array kSlant{0.01F, 0.02F, 0.03F, 0.04F, 0.05F};       // of the whole picture
  constexpr float kWave = 0.03F;
  const auto side = static_cast<float>(picture.side);
  Raster shifts(picture.side, 2);
  for (float& value : shifts.values) value = random.uniform(-1, 1);
  shifts = gaussian_blurred(shifts, kWave * side);
  const float power =
      std::inner_product(shifts.values.begin(), shifts.values.end(), shifts.values.begin(), 0.0F);
  const float deviation = std::sqrt(power / static_cast<float>(shifts.values.size()));
  const float scale = kShift.at(severity) * side / std::max(deviation, 1e-6F);
  std::array<float, 4> slant{};
  for (float& value : slant) value = kSlant.at(severity) * random.uniform(-1, 1);
  picture = warped(picture, [&](int x, int y) {
    const float* by = shifts.at(x, y);
    const float across = static_cast<float>(x) - side / 2;
    const float down = static_cast<float>(y) - side / 2;
    return std::pair(static_cast<float>(x) + scale * by[0] + slant[0] * across + slant[1] * down,
                     static_cast<float>(y) + scale * by[1] + slant[2] * across + slant[3] * down);
  });
}

void pixelate(Raster& picture, int severity, RandomStream&) {
  constexpr std::array kShare{0.6F, 0.5F, 0.4F, 0.3F, 0.25F};
  const int side = picture.side;
  const int cells = std::max(1, static_cast<int>(static_cast<float>(side) * kShare.at(severity)));
  const Image small = resize({side, side, bytes_of(picture)}, cells, cells);
  const Raster few = raster_of(small.rgb, cells);
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x)
      std::copy_n(few.at((2 * x + 1) * cells / (2 * side), (2 * y + 1) * cells / (2 * side)), 3,
                  picture.at(x, y));
}

void jpeg_compression(Raster& picture, int severity, RandomStream&) {
  constexpr std::array kQuality{25, 18, 15, 10, 7};
  const std::string jpeg =
      encode_jpeg({picture.side, picture.side, bytes_of(picture)}, kQuality.at(severity));
  const Result<Image> read = decode_image(jpeg, "the picture as a JPEG");
  if (read && read->width == picture.side) picture = raster_of(read->rgb, picture.side);
}

}  // namespace dew::compare
