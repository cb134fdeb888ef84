// What dewdrop.toml may say under [student]: the one list of words and limits, for the settings' checks and
// for the student room alike.
#pragma once

#include <array>
#include <string_view>

namespace dew::store {

inline constexpr std::array<std::string_view, 3> kNets{"mobilenet_v2", "mobilenet_v1", "tiny"};
/// The only net with a head and blocks to choose, and the one that backbones are of.
inline constexpr std::string_view kBackboneNet = kNets[0];

inline constexpr double kLeastAlpha = 0.05;
inline constexpr double kMostAlpha = 2;
inline constexpr int kLeastInput = 32;  ///< pixels: the nets halve their input five times
inline constexpr int kMostInput = 512;
inline constexpr int kInputStep = 16;
inline constexpr int kMostHead = 4096;  ///< channels
inline constexpr int kHeadStep = 8;
inline constexpr int kMostBlocks = 17;
inline constexpr int kMostClasses = 1000;
inline constexpr int kMostEpochs = 100'000;
inline constexpr double kMostBalance = 1;

/// In the order of student::Ranges and student::Qat.
inline constexpr std::array<std::string_view, 2> kCalibrationWords{"histogram", "min-max"};
inline constexpr std::array<std::string_view, 3> kQatWords{"auto", "on", "off"};

}  // namespace dew::store
