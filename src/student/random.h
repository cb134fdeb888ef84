// A small random generator whose streams have names, such as (seed, purpose, epoch, example).
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

namespace dew::student {

/// What a stream of random numbers is for. A value must never change: trained nets depend on it.
enum class Stream : uint64_t {
  kNone = 0,  ///< where no number is drawn that matters
  kInitialise = 1,
  kTrainShuffle = 2,
  kTrainAugment = 3,
  kPretrainShuffle = 11,
  kPretrainAugment = 12,
  kPretrainView = 13,
  kHeadShuffle = 21,
  kTuneShuffle = 31,
  kTuneAugment = 32,
  kFrozenRows = 34,
  kTuneMix = 35,
  kTuneDrop = 36,
  kQatShuffle = 41,
  kQatAugment = 42,
  kSketchNoise = 51,
};

/// SplitMix64 (Steele, Lea, Flood 2014). Every random choice in training draws from a stream named by its
/// purpose and place, so that nothing depends on the order of calls and a resumed run needs no saved
/// generator. The standard library's distributions may differ between implementations; these do not.
class Random {
 public:
  /// Equal arguments give equal streams.
  Random(uint64_t seed, Stream stream, uint64_t a = 0, uint64_t b = 0)
      : Random(seed, static_cast<uint64_t>(stream), a, b) {}
  /// A stream for tests and experiments, by a number of their own.
  Random(uint64_t seed, uint64_t stream, uint64_t a = 0, uint64_t b = 0) : state_(seed) {
    for (const uint64_t part : {stream, a, b}) state_ = next() ^ (part * 0x9e3779b97f4a7c15ULL);
  }

  uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  /// In [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  /// In [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// In 0 ... n - 1.
  uint64_t below(uint64_t n) { return static_cast<uint64_t>(uniform() * static_cast<double>(n)); }
  /// Mean 0, variance 1 (Box and Muller).
  double normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }

  /// All orders are equally likely (Durstenfeld 1964).
  template <typename T>
  void shuffle(std::vector<T>& values) {
    for (size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }

  /// Beta(a, a), in [0, 1] (Jöhnk 1964).
  double beta(double a) {
    while (true) {
      const double x = std::pow(uniform(), 1 / a);
      const double y = std::pow(uniform(), 1 / a);
      if (x + y > 0 && x + y <= 1) return x / (x + y);
    }
  }

 private:
  uint64_t state_;
};

}  // namespace dew::student
