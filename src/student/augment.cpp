// Augmentation on bytes: one window (mirror, zoom, shift) sampled bilinearly, one table a colour.
#include "student/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace dew::student {
namespace {

/// Where one output row or column reads: two neighbours and the weight of the second, in 1/256.
struct Tap {
  int first;
  int second;
  int weight;
};

/// Output position i of `count` reads around centre + (i - middle) * step, held inside the `size` of the
/// picture.
std::vector<Tap> taps(int size, int count, double centre, double step) {
  std::vector<Tap> result(count);
  for (int i = 0; i < count; ++i) {
    const double position = std::clamp(centre + (i - (count - 1) / 2.0) * step, 0.0, size - 1.0);
    const int first = static_cast<int>(position);
    result[i] = {first, std::min(first + 1, size - 1), static_cast<int>((position - first) * 256)};
  }
  return result;
}

/// What each byte of one colour becomes, as the net's real.
std::array<float, 256> colour_table(double gain, double offset) {
  std::array<float, 256> table{};
  for (int p = 0; p < 256; ++p) {
    // Rounded to a byte, as a camera would: the int8 net never sees anything finer.
    const double value = std::clamp(std::round((p - 127.5) * gain + 127.5 + offset), 0.0, 255.0);
    table[p] = static_cast<float>((value - 127.0) / 127.5);
  }
  return table;
}

/// Greys out a square whose centre may be anywhere, so that part of it may be outside the picture.
void cut_out(double largest, Random& random, int size, std::span<float> out) {
  const int side = static_cast<int>(std::lround(random.uniform(0, largest) * size));
  const auto begin = [&] { return static_cast<int>(random.uniform(0, size)) - side / 2; };
  const int top = begin();
  const int left = begin();
  for (int y = std::max(top, 0); y < std::min(top + side, size); ++y)
    for (int x = std::max(left, 0); x < std::min(left + side, size); ++x)
      std::fill_n(out.begin() + (std::ptrdiff_t{y} * size + x) * 3, 3, 0.0F);
}

}  // namespace

void augment(std::span<const uint8_t> rgb, int size, const Augmentation& augmentation, Random random,
             int out_size, std::span<float> out) {
  const auto around = [&random](double width) { return random.uniform(-width, width); };
  const double mirror = random.uniform() < augmentation.flip ? -1.0 : 1.0;
  const double side = augmentation.crop > 0 ? std::sqrt(1.0 - random.uniform(0, augmentation.crop)) : 1.0;
  const double zoom = side * (1.0 + around(augmentation.zoom)) * size / out_size;
  const double middle = (size - 1) / 2.0;
  const double shift = augmentation.shift + (1 - side) / 2;
  const double row_centre = middle + around(shift) * size;
  const double column_centre = middle + around(shift) * size;

  const double contrast = 1.0 + around(augmentation.contrast);
  const double brightness = 255.0 * around(augmentation.brightness);
  std::array<std::array<float, 256>, 3> tables;
  for (auto& table : tables) {
    table = colour_table(contrast * (1.0 + around(augmentation.tint)), brightness);
  }
  const double stretch = std::exp(around(std::log1p(augmentation.stretch)) / 2);
  const auto rows = taps(size, out_size, row_centre, zoom * stretch);
  const auto columns = taps(size, out_size, column_centre, mirror * zoom / stretch);

  float* to = out.data();
  for (const Tap& row : rows) {
    const uint8_t* top = rgb.data() + static_cast<size_t>(row.first) * size * 3;
    const uint8_t* bottom = rgb.data() + static_cast<size_t>(row.second) * size * 3;
    for (const Tap& column : columns) {
      for (int c = 0; c < 3; ++c) {
        const int left =
            top[column.first * 3 + c] * (256 - row.weight) + bottom[column.first * 3 + c] * row.weight;
        const int right =
            top[column.second * 3 + c] * (256 - row.weight) + bottom[column.second * 3 + c] * row.weight;
        *to++ = tables[c][(left * (256 - column.weight) + right * column.weight + 32768) >> 16];
      }
    }
  }
  if (augmentation.cutout > 0) cut_out(augmentation.cutout, random, out_size, out);
}

int side_of(std::span<const uint8_t> rgb) {
  return static_cast<int>(std::lround(std::sqrt(rgb.size() / 3)));
}

void augment(const Example& example, int input, const Augmentation& augmentation, Random random,
             std::span<float> out) {
  if (augmentation.plain > 0 && random.uniform() < augmentation.plain)
    return augment(example.rgb, input, {augmentation.flip, 0, 0, 0, 0, 0}, random, input, out);
  const std::vector<uint8_t>& from = example.large.empty() ? example.rgb : example.large;
  augment(from, side_of(from), augmentation, random, input, out);
}

void normalise(std::span<const uint8_t> rgb, std::span<float> out) {
  std::transform(rgb.begin(), rgb.end(), out.begin(),
                 [](uint8_t p) { return static_cast<float>((p - 127.0) / 127.5); });
}

}  // namespace dew::student
