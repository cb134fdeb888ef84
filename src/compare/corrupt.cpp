#include "compare/corrupt.h"

#include <array>
#include <cassert>

#include "compare/kinds.h"

namespace dew::compare {
namespace {

struct Entry {
  const char* name;
  Family family;
  Kind change;
};

constexpr std::array kKinds{
    Entry{"gaussian noise", Family::kNoise, gaussian_noise},
    Entry{"shot noise", Family::kNoise, shot_noise},
    Entry{"impulse noise", Family::kNoise, impulse_noise},
    Entry{"defocus blur", Family::kBlur, defocus_blur},
    Entry{"glass blur", Family::kBlur, glass_blur},
    Entry{"motion blur", Family::kBlur, motion_blur},
    Entry{"zoom blur", Family::kBlur, zoom_blur},
    Entry{"snow", Family::kWeather, snow},
    Entry{"frost", Family::kWeather, frost},
    Entry{"fog", Family::kWeather, fog},
    Entry{"brightness", Family::kWeather, brightness},
    Entry{"contrast", Family::kDigital, contrast},
    Entry{"elastic transform", Family::kDigital, elastic_transform},
    Entry{"pixelate", Family::kDigital, pixelate},
    Entry{"jpeg compression", Family::kDigital, jpeg_compression},
    Entry{"dark", Family::kCamera, dark},
    Entry{"dirt", Family::kCamera, dirt},
    Entry{"angle", Family::kCamera, angle},
    Entry{"shake", Family::kCamera, shake},
};

}  // namespace

std::vector<uint8_t> bytes_of(const Raster& picture) {
  std::vector<uint8_t> bytes(picture.values.size());
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<uint8_t>(std::clamp(picture.values[i], 0.0F, 1.0F) * 255 + 0.5F);
  return bytes;
}

Raster raster_of(const std::vector<uint8_t>& rgb, int side) {
  Raster picture(side, 3);
  for (size_t i = 0; i < picture.values.size(); ++i) picture.values[i] = static_cast<float>(rgb[i]) / 255;
  return picture;
}

const std::vector<Corruption>& corruptions() {
  static const std::vector<Corruption> all = [] {
    std::vector<Corruption> made;
    for (const Entry& entry : kKinds) made.push_back({entry.name, entry.family});
    return made;
  }();
  return all;
}

std::vector<uint8_t> corrupt(const std::vector<uint8_t>& rgb, int side, size_t which, int severity,
                             uint64_t seed) {
  assert(which < kKinds.size() && severity >= 1 && severity <= kSeverities);
  assert(side > 0 && rgb.size() == 3 * static_cast<size_t>(side) * static_cast<size_t>(side));
  // Streams of one seed that start side by side would be the same numbers, shifted: the seed is stirred
  // first.
  RandomStream random(RandomStream(seed).next() + which);
  RandomStream stirred(random.next());
  Raster picture = raster_of(rgb, side);
  kKinds[which].change(picture, severity - 1, stirred);
  return bytes_of(picture);
}

}  // namespace dew::compare
