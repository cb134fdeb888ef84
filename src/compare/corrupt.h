// Pictures as the world spoils them: ImageNet-C's 15 corruptions at 5 severities (Hendrycks & Dietterich
// 2019, arXiv 1903.12261), made on the fly, and four that a camera on a device meets.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dew::compare {

enum class Family { kNoise, kBlur, kWeather, kDigital, kCamera };

struct Corruption {
  std::string name;  ///< "gaussian noise", ...
  Family family = Family::kNoise;
};

/// ImageNet-C's in its order, then the camera's: dark, dirt, angle, shake.
///
/// The constants are those that ImageNet-C takes for pictures of 224 x 224; lengths (radii, shifts, flakes)
/// are taken as shares of the side, so that a severity means the same to a net of 96 and to one of 224. It
/// departs from ImageNet-C in these:
/// - frost: the ice is drawn, not photographed, and lies over the picture;
/// - snow and fog have constants of their own, so that each severity changes the picture more than the one
/// before,
///   at any side;
/// - elastic transform: one kind of warp that grows, where ImageNet-C goes from wide waves to narrow ones;
/// - glass blur: a pixel takes its colour from a place nearby, between pixels too, instead of swapping.
///
/// "dark" is less light on a small sensor, with its photon and read noise; "dirt" spots and grease on the
/// lens, out of focus; "angle" a camera that looks from the side; "shake" a rolling shutter that trembles:
/// rows are displaced one against another and smeared. ("motion blur" is a straight move.)
const std::vector<Corruption>& corruptions();

inline constexpr int kSeverities = 5;

/// The picture (RGB, side x side x 3 bytes, rows top down) under corruption `which` (an index of
/// corruptions()) at `severity` 1...kSeverities.
///
/// The same seed gives the same picture, in any thread. All severities of one seed share their draw (the same
/// flakes, the same direction), so that a curve over severities moves by severity alone. Between kinds of
/// processors a byte may differ by one where their floating point rounds otherwise.
std::vector<uint8_t> corrupt(const std::vector<uint8_t>& rgb, int side, size_t which, int severity,
                             uint64_t seed);

}  // namespace dew::compare
