// The tables of dew_sound.h by their definitions, for any rate. In floats of 32 bits, as TensorFlow Lite
// Micro makes them: where an entry lies between two numbers, that decides.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/dew_sound.h"

namespace dew::sound {

struct SoundSetup {
  int rate = 16000;
  int window = 480;
  int step = 160;
  int fft = 512;
  int channels = 40;
  float low = 125;
  float high = 7500;
};

struct Tables {
  std::vector<int16_t> taper;
  std::vector<int16_t> sine;
  std::vector<uint16_t> bands;
  std::vector<uint16_t> weights;
  std::vector<int16_t> gains;
  dew_sound_tables tables{};
};

inline float mel(float hertz) {
  return static_cast<float>(1127.0 * std::log1p(hertz / 700.0));
}

inline void make_bands(const SoundSetup& setup, Tables& made) {
  const float lowest = mel(setup.low);
  const float spacing = (mel(setup.high) - lowest) / static_cast<float>(setup.channels + 1);
  const auto hertz = static_cast<float>(0.5 * setup.rate / static_cast<float>(setup.fft / 2));
  int bin = static_cast<int>(1.5 + setup.low / hertz);
  made.bands.push_back(static_cast<uint16_t>(bin));
  float below = lowest;
  for (int channel = 0; channel <= setup.channels; ++channel) {
    const float centre = lowest + spacing * static_cast<float>(channel + 1);
    for (; mel(static_cast<float>(bin) * hertz) <= centre; ++bin) {
      const float share = (centre - mel(static_cast<float>(bin) * hertz)) / (centre - below);
      made.weights.push_back(static_cast<uint16_t>(std::floor(share * 4096 + 0.5)));
    }
    made.bands.push_back(static_cast<uint16_t>(bin));
    below = centre;
  }
}

inline int gain_of(int bits, uint32_t noise) {
  const float x = static_cast<float>(noise) / static_cast<float>(uint32_t{1} << bits);
  const float gain = static_cast<float>(1 << 21) * std::pow(x + 80.0F, -0.95F);
  return gain > 32767 ? 32767 : static_cast<int>(gain + 0.5F);
}

inline void make_gains(const SoundSetup& setup, Tables& made) {
  const int bits = 10 - (static_cast<int>(std::log2(setup.fft)) - 6);
  made.gains = {static_cast<int16_t>(gain_of(bits, 0)), static_cast<int16_t>(gain_of(bits, 1))};
  for (int octave = 2; octave <= 32; ++octave) {
    const uint32_t from = uint32_t{1} << (octave - 1);
    const int y0 = gain_of(bits, from);
    const int half = gain_of(bits, from + from / 2) - y0;
    const int whole = gain_of(bits, octave == 32 ? from + (from - 1) : 2 * from) - y0;
    const int slope = 4 * half - whole;
    for (const int value : {y0, slope, whole - slope, 0}) made.gains.push_back(static_cast<int16_t>(value));
  }
  made.gains.pop_back();
}

inline Tables make_tables(const SoundSetup& setup) {
  constexpr double kPi = 3.14159265358979323846;
  Tables made;
  const auto arc = static_cast<float>(2 * kPi / static_cast<float>(setup.window));
  for (int i = 0; i < (setup.window + 1) / 2; ++i) {
    const auto value = static_cast<float>(0.5 - 0.5 * std::cos(arc * (i + 0.5)));
    made.taper.push_back(static_cast<int16_t>(std::floor(value * 4096 + 0.5)));
  }
  for (int i = 0; i <= setup.fft / 4; ++i)
    made.sine.push_back(static_cast<int16_t>(std::floor(0.5 + 32767 * std::sin(2 * kPi * i / setup.fft))));
  make_bands(setup, made);
  make_gains(setup, made);
  made.tables.window = static_cast<uint16_t>(setup.window);
  made.tables.step = static_cast<uint16_t>(setup.step);
  made.tables.fft = static_cast<uint16_t>(setup.fft);
  made.tables.channels = static_cast<uint16_t>(setup.channels);
  made.tables.taper = made.taper.data();
  made.tables.sine = made.sine.data();
  made.tables.bands = made.bands.data();
  made.tables.weights = made.weights.data();
  made.tables.gains = made.gains.data();
  return made;
}

}  // namespace dew::sound
