// The front end's features: against numbers that TensorFlow Lite Micro's own tests publish, and against the
// same thing worked out in floats.
#include "sound/sound.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <complex>
#include <random>

#include "kernels/dew_sound_tables.h"
#include "tests/sound/tables.h"

namespace dew::sound {
namespace {

/// As in tensorflow/lite/experimental/microfrontend/lib/*_test.cc: a thousand samples a second, two channels.
const SoundSetup kPublished{1000, 25, 10, 32, 2, 8, 450};

TEST(FrontEnd, TheSpectrumIsThePublishedOne) {
  const Tables made = make_tables(kPublished);
  dew_sound_tables tables = made.tables;
  const std::array<int16_t, 13> flat{4096, 4096, 4096, 4096, 4096, 4096, 4096,
                                     4096, 4096, 4096, 4096, 4096, 4096};
  tables.taper = flat.data();
  const std::array<int16_t, 25> window{0,     1151,   0,      -5944, 0,     13311, 0,      -21448, 0,
                                       28327, 0,      -32256, 0,     32255, 0,     -28328, 0,      21447,
                                       0,     -13312, 0,      5943,  0,     -1152, 0};
  dew_sound_state state{};
  std::copy(window.begin(), window.end(), state.samples);
  dew_sound_spectrum(&tables, &state, 0);
  const std::vector<int16_t> expected{0,    0,  -10,  9,    -20, 0,     -9,    -10,  0,   25, -119, 119,
                                      -887, 0,  3000, 3000, 0,   -6401, -3000, 3000, 886, 0,  118,  119,
                                      0,    25, 9,    -10,  19,  0,     9,     9,    0,   0};
  EXPECT_EQ(std::vector<int16_t>(state.spectrum, state.spectrum + expected.size()), expected);
}

TEST(FrontEnd, TheBandsAreThePublishedOnes) {
  const Tables made = make_tables(kPublished);
  EXPECT_EQ(made.bands, (std::vector<uint16_t>{1, 5, 9, 15}));
  EXPECT_EQ(made.weights, (std::vector<uint16_t>{3277, 2217, 1200, 222, 3376, 2468, 1591, 744, 4020, 3226,
                                                 2456, 1708, 983, 277}));
}

TEST(FrontEnd, TheRootIsThePublishedOneAndTheNearest) {
  EXPECT_EQ(dew_sound_root(61162970173U), 247311U);
  EXPECT_EQ(dew_sound_root(258694800000U), 508620U);
  EXPECT_EQ(dew_sound_root(0), 0U);
  EXPECT_EQ(dew_sound_root(~uint64_t{0}), 0xffffffffU);
  for (uint64_t x = 1; x < uint64_t{1} << 62; x = x * 5 / 3 + 1)
    EXPECT_NEAR(dew_sound_root(x), std::sqrt(static_cast<double>(x)),
                0.5001 + 1e-9 * std::sqrt(static_cast<double>(x)))
        << x;
}

TEST(FrontEnd, TheFeaturesAreThePublishedOnes) {
  const Tables made = make_tables(kPublished);
  std::vector<int16_t> samples;
  for (int i = 0; i < 9; ++i) samples.insert(samples.end(), {0, 32767, 0, -32768});
  dew_sound_state state{};
  std::array<uint16_t, 2> features{};
  uint8_t full = 0;
  uint32_t taken = dew_sound_push(&made.tables, &state, samples.data(), 36, features.data(), &full);
  EXPECT_EQ(taken, 25U);
  EXPECT_EQ(full, 1);
  EXPECT_EQ(features, (std::array<uint16_t, 2>{479, 425}));
  taken += dew_sound_push(&made.tables, &state, samples.data() + taken, 36 - taken, features.data(), &full);
  EXPECT_EQ(full, 1);
  EXPECT_EQ(features, (std::array<uint16_t, 2>{436, 378}));
  taken += dew_sound_push(&made.tables, &state, samples.data() + taken, 36 - taken, features.data(), &full);
  EXPECT_EQ(taken, 36U);
  EXPECT_EQ(full, 0);
}

TEST(FrontEnd, TheTablesOf16kHzAreTheirDefinitions) {
  const Tables made = make_tables({});
  const dew_sound_tables tables = dew_sound_16k(160);
  EXPECT_EQ(std::vector<int16_t>(tables.taper, tables.taper + 240), made.taper);
  EXPECT_EQ(std::vector<int16_t>(tables.sine, tables.sine + 129), made.sine);
  EXPECT_EQ(std::vector<uint16_t>(tables.bands, tables.bands + 42), made.bands);
  EXPECT_EQ(std::vector<uint16_t>(tables.weights, tables.weights + made.weights.size()), made.weights);
  EXPECT_EQ(std::vector<int16_t>(tables.gains, tables.gains + 125), made.gains);
}

TEST(FrontEnd, TheLogarithmIsTheNearestButForOne) {
  for (uint64_t x = 2; x < uint64_t{1} << 32; x = x * 4 / 3 + 1)
    EXPECT_NEAR(dew_sound_log(static_cast<uint32_t>(x)), 64 * std::log(static_cast<double>(x)), 1.0) << x;
  EXPECT_EQ(dew_sound_log(0), 0U);
  EXPECT_EQ(dew_sound_log(1), 0U);
}

// ---- the same in floats

/// One window after the other, by the definitions: no table, no fixed point.
class InFloats {
 public:
  explicit InFloats(const SoundSetup& setup) : setup_(setup), noise_(static_cast<size_t>(setup.channels)) {}

  std::vector<double> window(const int16_t* samples) {
    const std::vector<double> energy = energies(samples);
    std::vector<double> features;
    for (int channel = 0; channel < setup_.channels; ++channel) {
      const double root = std::sqrt(band(energy, channel)) * 64 / setup_.fft;  // 4096 is 1, of which the root
      double& noise = noise_[static_cast<size_t>(channel)];
      const double follows = channel % 2 == 0 ? 0.025 : 0.06;
      noise = root * follows + noise * (1 - follows);
      const double rest = std::max(root - noise, root * 0.05);
      const double scale = setup_.fft / 64.0;
      const double gain = std::min(std::pow(noise * scale + 80, -0.95), 32767.0 / (1 << 21));
      const double over = rest * scale * gain;
      const double even = 64 * (over < 2 ? over * over / 4 : over - 1);
      features.push_back(even * scale > 1 ? 64 * std::log(even * scale) : 0);
    }
    return features;
  }

 private:
  [[nodiscard]] std::vector<double> energies(const int16_t* samples) const {
    constexpr double kPi = 3.14159265358979323846;
    std::vector<double> energy;
    for (int bin = 0; bin <= setup_.fft / 2; ++bin) {
      std::complex<double> sum;
      for (int i = 0; i < setup_.window; ++i) {
        const double taper = 0.5 - 0.5 * std::cos(2 * kPi * (i + 0.5) / setup_.window);
        sum += samples[i] * taper * std::polar(1.0, -2 * kPi * bin * i / setup_.fft);
      }
      energy.push_back(std::norm(sum));
    }
    return energy;
  }

  [[nodiscard]] double band(const std::vector<double>& energy, int channel) const {
    const double low = mel(setup_.low);
    const double spacing = (mel(setup_.high) - low) / (setup_.channels + 1);
    const double centre = low + spacing * (channel + 1);
    double sum = 0;
    for (size_t bin = 5; bin < energy.size(); ++bin) {
      const double at = 1127 * std::log1p(static_cast<double>(bin) * setup_.rate / setup_.fft / 700);
      sum += energy[bin] * std::max(0.0, 1 - std::abs(at - centre) / spacing);
    }
    return sum;
  }

  SoundSetup setup_;
  std::vector<double> noise_;
};

std::vector<int16_t> sweep_with_noise(size_t count) {
  std::minstd_rand random(5);
  std::normal_distribution<double> noise(0, 2000);
  std::vector<int16_t> samples;
  double phase = 0;
  for (size_t i = 0; i < count; ++i) {
    phase +=
        2 * 3.14159265358979 * (200 + 5000.0 * static_cast<double>(i) / static_cast<double>(count)) / 16000;
    const double loud = i / 4000 % 2 == 0 ? 9000 : 1500;
    samples.push_back(
        static_cast<int16_t>(std::clamp(loud * std::sin(phase) + noise(random), -32768.0, 32767.0)));
  }
  return samples;
}

TEST(FrontEnd, FloatsSayTheSameWithinAFewSteps) {
  const std::vector<int16_t> samples = sweep_with_noise(24000);
  InFloats floats({});
  FrontEnd front_end(160);
  size_t at = 0;
  double sum = 0;
  double most = 0;
  int64_t count = 0;
  int64_t all = 0;
  constexpr double kResolved = 311;  // 64 ln 128: below it, whole numbers before the logarithm are too coarse
  front_end.hear(samples, [&](const Features& features) {
    const std::vector<double> expected = floats.window(samples.data() + at);
    at += 160;
    for (size_t channel = 0; channel < features.size(); ++channel) {
      ++all;
      if (expected[channel] < kResolved) continue;
      const double off = std::abs(features[channel] - expected[channel]);
      sum += off;
      most = std::max(most, off);
      ++count;
    }
  });
  ASSERT_EQ(all, 40 * ((24000 - 480) / 160 + 1));
  EXPECT_GT(count, 1000);
  EXPECT_LT(sum / static_cast<double>(count), 4) << "of some 700: a step is 1.6 % of the loudness";
  EXPECT_LT(most, 60);
}

TEST(FrontEnd, PiecesOfAnySizeGiveTheSame) {
  const std::vector<int16_t> samples = sweep_with_noise(8000);
  const auto all = [&](const std::vector<size_t>& sizes) {
    std::vector<Features> heard;
    FrontEnd front_end(320);
    const auto keep = [&](const Features& features) { heard.push_back(features); };
    size_t at = 0;
    for (size_t i = 0; at < samples.size(); ++i) {
      const size_t size = std::min(sizes[i % sizes.size()], samples.size() - at);
      front_end.hear(std::span(samples).subspan(at, size), keep);
      at += size;
    }
    return heard;
  };
  const auto whole = all({8000});
  EXPECT_EQ(whole.size(), (8000 - 480) / 320 + 1U);
  EXPECT_EQ(all({1}), whole);
  EXPECT_EQ(all({7, 1000, 33}), whole);
}

TEST(FrontEnd, SilenceAndTheLoudestNoiseAreInRange) {
  FrontEnd front_end(320);
  front_end.hear(std::vector<int16_t>(3200, 0), [](const Features& features) {
    for (const uint16_t feature : features) EXPECT_EQ(feature, 0);
  });
  std::vector<int16_t> loudest;
  std::minstd_rand random(3);
  for (int i = 0; i < 16000; ++i) loudest.push_back(random() % 2 == 0 ? 32767 : -32768);
  uint16_t most = 0;
  front_end.hear(loudest, [&](const Features& features) {
    for (const uint16_t feature : features) most = std::max(most, feature);
  });
  EXPECT_GT(most, 400);
  EXPECT_LT(most, 1000);
}

TEST(FrontEnd, AModelsInputIsMicroWakeWords) {
  EXPECT_EQ(dew_sound_quantize(0, 666, -128), -128);
  EXPECT_EQ(dew_sound_quantize(333, 666, -128), 0);
  EXPECT_EQ(dew_sound_quantize(1, 666, -128), -128);
  EXPECT_EQ(dew_sound_quantize(2, 666, -128), -127);
  EXPECT_EQ(dew_sound_quantize(60000, 666, -128), 127);
}

}  // namespace
}  // namespace dew::sound
