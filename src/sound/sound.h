// sound: from samples to what a keyword model takes. The arithmetic is the device's (kernels/dew_sound.h).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace dew::sound {

constexpr int kRate = 16'000;  ///< samples a second
constexpr size_t kChannels = 40;
constexpr int kWindow = 480;  ///< samples that features are made of: 30 ms

/// 64 times the logarithm of the loudness in each band, from low to high, freed of noise.
using Features = std::array<uint16_t, kChannels>;

class FrontEnd {
 public:
  /// `step`: samples from one window to the next, 1 to 480.
  explicit FrontEnd(int step);
  FrontEnd(FrontEnd&&) noexcept;
  FrontEnd& operator=(FrontEnd&&) noexcept;
  ~FrontEnd();

  /// The next samples, mono; `each` takes the features of every window that they fill.
  void hear(std::span<const int16_t> samples, const std::function<void(const Features&)>& each);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace dew::sound
