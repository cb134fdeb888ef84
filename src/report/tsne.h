// Where pictures lie on a map: from many numbers a picture to two.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "base/base.h"

namespace dew::report {

using Place = std::array<double, 2>;

/// The rows along their two main axes (principal component analysis), the first axis the longer one. Zeros
/// where all rows are equal, or a value is not finite.
std::vector<Place> main_axes(std::span<const std::vector<float>> rows);

/// t-SNE (van der Maaten & Hinton 2008, Journal of Machine Learning Research 9): rows that are near one
/// another come to lie near one another; distances between groups say little. The exact sums, so time grows
/// with the square of the rows: 1.5 s for 800. Nothing is drawn by lot: it starts from main_axes() (Kobak &
/// Berens 2019, Nature Communications 10). Rows are of one length; fewer than 6 are left on their main axes.
std::vector<Place> tsne(std::span<const std::vector<float>> rows);
/// The same, watched. Error: interrupted.
Result<std::vector<Place>> tsne(std::span<const std::vector<float>> rows, Watch& watch);

}  // namespace dew::report
