// Main axes by orthogonal iteration, landmarks, and everything else by its distance from them.
#include "report/layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>

#include "base/finite.h"

namespace dew::report {
namespace {

constexpr size_t kLanes = 8;  // several sums are several instructions at once
constexpr size_t kAxes = 32;
constexpr int kIterations = 12;
constexpr size_t kNeighbours = 8;
constexpr size_t kToldEvery = 1000;  // pictures

float dot(const float* a, const float* b, size_t count) {
  float lanes[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    for (size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
  float sum = 0;
  for (; i < count; ++i) sum += a[i] * b[i];
  for (const float lane : lanes) sum += lane;
  return sum;
}

/// Rows of numbers in one piece.
struct Rows {
  size_t columns = 0;
  std::vector<float> numbers;

  [[nodiscard]] size_t count() const { return columns == 0 ? 0 : numbers.size() / columns; }
  [[nodiscard]] const float* row(size_t at) const { return numbers.data() + at * columns; }
  [[nodiscard]] float* row(size_t at) { return numbers.data() + at * columns; }
};

float squared_distance(const Rows& rows, size_t a, size_t b) {
  float lanes[kLanes] = {};
  static_assert(kAxes % kLanes == 0);
  for (size_t i = 0; i < rows.columns; i += kLanes)
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const float apart = rows.row(a)[i + lane] - rows.row(b)[i + lane];
      lanes[lane] += apart * apart;
    }
  float sum = 0;
  for (const float lane : lanes) sum += lane;
  return sum;
}

/// `most` of 0...count - 1, at equal steps.
std::vector<size_t> evenly(size_t count, size_t most) {
  std::vector<size_t> taken;
  const size_t wanted = std::min(count, most);
  for (size_t i = 0; i < wanted; ++i) taken.push_back(i * count / wanted);
  return taken;
}

/// Makes the rows orthogonal to one another and of length 1; what depends on those before it becomes 0.
void orthonormalise(Rows& axes) {
  for (size_t a = 0; a < axes.count(); ++a) {
    float* own = axes.row(a);
    const float before = dot(own, own, axes.columns);
    for (size_t b = 0; b < a; ++b) {
      const float share = dot(own, axes.row(b), axes.columns);
      for (size_t k = 0; k < axes.columns; ++k) own[k] -= share * axes.row(b)[k];
    }
    const float length = std::sqrt(dot(own, own, axes.columns));
    const bool lost = !(length * length > 1e-8F * before) || !std::isfinite(length);
    for (size_t k = 0; k < axes.columns; ++k) own[k] = lost ? 0 : own[k] / length;
  }
}

/// The directions in which `sample` (centred) differs most: orthogonal iteration on its covariance.
Rows main_directions(const Rows& sample) {
  Rows axes{sample.columns, {}};
  std::mt19937 numbers(1);
  for (size_t i = 0; i < std::min(kAxes, sample.columns) * sample.columns; ++i)
    axes.numbers.push_back(static_cast<float>(numbers() % 2001) / 1000 - 1);
  orthonormalise(axes);
  for (int round = 0; round < kIterations; ++round) {
    Rows next{axes.columns, std::vector<float>(axes.numbers.size(), 0)};
    for (size_t i = 0; i < sample.count(); ++i)
      for (size_t a = 0; a < axes.count(); ++a) {
        const float along = dot(sample.row(i), axes.row(a), axes.columns);
        for (size_t k = 0; k < axes.columns; ++k) next.row(a)[k] += along * sample.row(i)[k];
      }
    axes = std::move(next);
    orthonormalise(axes);
  }
  return axes;
}

/// All rows along the main directions of some of them: kAxes columns, unused ones 0. Empty where a number is
/// not finite.
Rows reduced(const std::vector<float>& features, size_t columns) {
  const size_t count = features.size() / columns;
  const auto some = evenly(count, kMostLandmarks);  // enough to tell the axes
  std::vector<double> mean(columns);
  for (const size_t at : some)
    for (size_t k = 0; k < columns; ++k)
      mean[k] += features[at * columns + k] / static_cast<double>(some.size());
  Rows sample{columns, {}};
  for (const size_t at : some)
    for (size_t k = 0; k < columns; ++k)
      sample.numbers.push_back(features[at * columns + k] - static_cast<float>(mean[k]));
  const Rows axes = main_directions(sample);
  Rows rows{kAxes, std::vector<float>(count * kAxes, 0)};
  std::vector<float> offset;
  for (size_t a = 0; a < axes.count(); ++a) {
    double along = 0;
    for (size_t k = 0; k < columns; ++k) along += mean[k] * axes.row(a)[k];
    offset.push_back(static_cast<float>(along));
  }
  for (size_t i = 0; i < count; ++i)
    for (size_t a = 0; a < axes.count(); ++a)
      rows.row(i)[a] = dot(features.data() + i * columns, axes.row(a), columns) - offset[a];
  return all_finite(rows.numbers) ? rows : Rows{};
}

/// Two thirds evenly from the set, then one after the other the row furthest from all that were chosen.
Result<std::vector<size_t>> landmarks(const Rows& rows, size_t most, Watch& watch) {
  const size_t count = rows.count();
  if (count <= most) return evenly(count, count);
  std::vector<size_t> chosen = evenly(count, most * 2 / 3);
  std::vector<float> nearest(count, std::numeric_limits<float>::max());
  watch.begin("choosing landmarks", static_cast<int64_t>(most));
  for (size_t at = 0; at < most; ++at) {
    if (watch.interrupted()) return interrupted_error();
    if (at == chosen.size()) {
      const auto furthest = std::max_element(nearest.begin(), nearest.end());
      if (*furthest == 0) break;  // the rest are copies
      chosen.push_back(static_cast<size_t>(furthest - nearest.begin()));
    }
    for (size_t i = 0; i < count; ++i)
      nearest[i] = std::min(nearest[i], squared_distance(rows, i, chosen[at]));
    watch.advance(static_cast<int64_t>(at));
  }
  watch.end();
  return chosen;
}

/// The middle of the landmarks that the row is most like, each by its likeness.
Place among(const Rows& rows, size_t at, const std::vector<size_t>& marks, const std::vector<Place>& places) {
  std::array<std::pair<float, size_t>, kNeighbours> near;
  near.fill({std::numeric_limits<float>::max(), marks.size()});
  for (size_t m = 0; m < marks.size(); ++m) {
    const std::pair<float, size_t> one{squared_distance(rows, at, marks[m]), m};
    if (one >= near.back()) continue;
    auto slot = near.end() - 1;
    for (; slot != near.begin() && one < *(slot - 1); --slot) *slot = *(slot - 1);
    *slot = one;
  }
  if (near[0].first == 0) return places[near[0].second];
  Place middle{0, 0};
  double sum = 0;
  for (const auto& [apart, mark] : near) {
    if (mark == marks.size()) break;
    const double ratio = static_cast<double>(near[0].first) / static_cast<double>(apart);
    sum += ratio * ratio;
    for (size_t axis = 0; axis < 2; ++axis) middle[axis] += ratio * ratio * places[mark][axis];
  }
  for (double& part : middle) part /= sum;
  return middle;
}

/// Stretches both axes to 0...1.
void stretch(std::vector<Place>& places) {
  for (size_t axis = 0; axis < 2; ++axis) {
    double least = std::numeric_limits<double>::max();
    double most = std::numeric_limits<double>::lowest();
    for (const Place& place : places) {
      least = std::min(least, place[axis]);
      most = std::max(most, place[axis]);
    }
    for (Place& place : places) place[axis] = most > least ? (place[axis] - least) / (most - least) : 0.5;
  }
}

}  // namespace

Result<std::vector<Place>> lay_out(const std::vector<float>& features, size_t columns, Watch& watch,
                                   size_t most_landmarks) {
  if (columns == 0 || features.empty()) return std::vector<Place>();
  std::vector<Place> places(features.size() / columns, Place{0.5, 0.5});
  const Rows rows = reduced(features, columns);
  if (rows.columns == 0) return places;
  DEW_TRY(const auto marks, landmarks(rows, most_landmarks, watch));
  std::vector<std::vector<float>> chosen;
  chosen.reserve(marks.size());
  for (const size_t mark : marks) chosen.emplace_back(rows.row(mark), rows.row(mark) + rows.columns);
  DEW_TRY(const auto known, tsne(chosen, watch));
  watch.begin("placing pictures", static_cast<int64_t>(places.size()));
  for (size_t i = 0; i < places.size(); ++i) {
    if (i % kToldEvery == 0) {
      if (watch.interrupted()) return interrupted_error();
      watch.advance(static_cast<int64_t>(i));
    }
    places[i] = among(rows, i, marks, known);
  }
  watch.end();
  stretch(places);
  return places;
}

}  // namespace dew::report
