// The map of pictures: principal axes by power iteration, then exact t-SNE by gradient descent.
#include "report/tsne.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "base/finite.h"

namespace dew::report {
namespace {

constexpr size_t kLanes = 8;  ///< several sums are several instructions at once
constexpr double kPerplexity = 30;
constexpr int kExaggerated = 250;  ///< steps in which the near pull harder, so that groups form
constexpr int kSteps = 750;
constexpr float kExaggeration = 12;

using Rows = std::vector<std::vector<float>>;

float dot(const std::vector<float>& a, const std::vector<float>& b) {
  float lanes[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= a.size(); i += kLanes)
    for (size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
  float sum = 0;
  for (; i < a.size(); ++i) sum += a[i] * b[i];
  for (const float lane : lanes) sum += lane;
  return sum;
}

/// The rows less their mean; empty where a value is not finite.
Rows centred(std::span<const std::vector<float>> rows) {
  Rows result(rows.begin(), rows.end());
  if (rows.empty()) return result;
  std::vector<double> mean(rows[0].size());
  for (const auto& row : rows)
    for (size_t k = 0; k < row.size(); ++k) mean[k] += row[k] / static_cast<double>(rows.size());
  if (!all_finite(mean)) return {};
  for (auto& row : result)
    for (size_t k = 0; k < row.size(); ++k) row[k] -= static_cast<float>(mean[k]);
  return result;
}

/// Scales to length 1; false where there is no length.
bool normalise(std::vector<float>& axis) {
  const float length = std::sqrt(dot(axis, axis));
  if (!(length > 0) || !std::isfinite(length)) return false;
  for (float& value : axis) value /= length;
  return true;
}

void take_away(std::vector<float>& from, const std::vector<float>& axis) {
  const float share = dot(from, axis);
  for (size_t k = 0; k < from.size(); ++k) from[k] -= share * axis[k];
}

/// The direction in which the rows differ most: power iteration on their covariance, from the longest row.
std::vector<float> longest_axis(const Rows& rows) {
  constexpr int kIterations = 60;
  std::vector<float> axis = *std::max_element(
      rows.begin(), rows.end(), [](const auto& a, const auto& b) { return dot(a, a) < dot(b, b); });
  if (!normalise(axis)) return {};
  for (int i = 0; i < kIterations; ++i) {
    std::vector<float> next(axis.size());
    for (const auto& row : rows) {
      const float along = dot(row, axis);
      for (size_t k = 0; k < next.size(); ++k) next[k] += along * row[k];
    }
    if (!normalise(next)) return axis;
    axis = std::move(next);
  }
  return axis;
}

/// How near to each other two rows are held to be: P of the paper, symmetric, with the sum 1.
class Nearness {
 public:
  explicit Nearness(const Rows& rows) : count_(rows.size()), p_(count_ * count_) {
    std::vector<float> conditional = distances(rows);
    const double perplexity = std::min(kPerplexity, static_cast<double>(count_ - 1) / 3);
    for (size_t i = 0; i < count_; ++i) spread({conditional.data() + i * count_, count_}, i, perplexity);
    for (size_t i = 0; i < count_; ++i)
      for (size_t j = 0; j < count_; ++j)
        p_[i * count_ + j] =
            (conditional[i * count_ + j] + conditional[j * count_ + i]) / (2 * static_cast<float>(count_));
  }
  [[nodiscard]] const float* row(size_t i) const { return p_.data() + i * count_; }

 private:
  /// Squared, between all pairs.
  [[nodiscard]] std::vector<float> distances(const Rows& rows) const {
    std::vector<float> squared(count_ * count_);
    std::vector<float> lengths;
    lengths.reserve(count_);
    for (const auto& row : rows) lengths.push_back(dot(row, row));
    for (size_t i = 0; i < count_; ++i)
      for (size_t j = 0; j < i; ++j)
        squared[i * count_ + j] = squared[j * count_ + i] =
            std::max(0.0F, lengths[i] + lengths[j] - 2 * dot(rows[i], rows[j]));
    return squared;
  }

  /// Turns distances from row `i` into probabilities: a Gaussian as wide as it takes to have `perplexity`
  /// neighbours in effect. The width is found by bisection.
  static void spread(std::span<float> row, size_t i, double perplexity) {
    double nearest = std::numeric_limits<double>::max();
    for (size_t j = 0; j < row.size(); ++j)
      if (j != i) nearest = std::min(nearest, static_cast<double>(row[j]));
    std::vector<double> weights(row.size());
    double sum = 1;
    double low = 0;
    double high = std::numeric_limits<double>::infinity();
    double sharpness = 1;
    for (int round = 0; round < 100; ++round) {
      sum = 0;
      double mean = 0;
      for (size_t j = 0; j < row.size(); ++j) {
        const double further = row[j] - nearest;
        weights[j] = j == i ? 0 : std::exp(-sharpness * further);
        sum += weights[j];
        if (j != i) mean += weights[j] * further;
      }
      const double entropy = std::log(sum) + sharpness * mean / sum;
      const double off = entropy - std::log(perplexity);
      if (std::abs(off) < 1e-5) break;
      if (off > 0)
        low = sharpness;
      else
        high = sharpness;
      sharpness = std::isinf(high) ? sharpness * 2 : (low + high) / 2;
    }
    for (size_t j = 0; j < row.size(); ++j) row[j] = static_cast<float>(weights[j] / sum);
  }

  size_t count_;
  std::vector<float> p_;
};

/// The places, and what gradient descent keeps beside them. Axis by axis, so that loops run over lanes.
struct Descent {
  size_t count;
  std::array<std::vector<float>, 2> place, speed, gain;
  std::array<std::vector<float>, 2> pull, push;  ///< the gradient is pull - push / normaliser

  explicit Descent(size_t points) : count(points) {
    for (size_t axis = 0; axis < 2; ++axis) {
      for (auto* numbers : {&place, &speed, &pull, &push}) (*numbers)[axis].resize(count);
      gain[axis].assign(count, 1);
    }
  }

  /// Sums over the others of point i; returns its part of the normaliser.
  double forces_on(size_t i, const float* p) {
    float pull_x[kLanes] = {}, pull_y[kLanes] = {}, push_x[kLanes] = {}, push_y[kLanes] = {};
    float near[kLanes] = {};
    const float x = place[0][i];
    const float y = place[1][i];
    const auto add = [&](size_t j, size_t lane) {
      const float dx = x - place[0][j];
      const float dy = y - place[1][j];
      const float q = 1 / (1 + dx * dx + dy * dy);
      near[lane] += q;
      pull_x[lane] += p[j] * q * dx;
      pull_y[lane] += p[j] * q * dy;
      push_x[lane] += q * q * dx;
      push_y[lane] += q * q * dy;
    };
    size_t j = 0;
    for (; j + kLanes <= count; j += kLanes)
      for (size_t lane = 0; lane < kLanes; ++lane) add(j + lane, lane);
    for (; j < count; ++j) add(j, 0);
    const auto total = [](const float* lanes) {
      float sum = 0;
      for (size_t lane = 0; lane < kLanes; ++lane) sum += lanes[lane];
      return sum;
    };
    pull[0][i] = total(pull_x), pull[1][i] = total(pull_y);
    push[0][i] = total(push_x), push[1][i] = total(push_y);
    return total(near) - 1;  // the point itself
  }

  void step(const Nearness& nearness, float exaggeration, float momentum) {
    double normaliser = 0;
    for (size_t i = 0; i < count; ++i) normaliser += forces_on(i, nearness.row(i));
    const float rate = std::max(static_cast<float>(count) / (kExaggeration * 4), 50.0F);
    const auto scale = static_cast<float>(1 / std::max(normaliser, 1e-12));
    for (size_t axis = 0; axis < 2; ++axis)
      for (size_t i = 0; i < count; ++i) {
        const float gradient = 4 * (exaggeration * pull[axis][i] - scale * push[axis][i]);
        float& own = gain[axis][i];
        // Jacobs (1988), as in the paper: faster while the direction holds.
        own = (gradient > 0) != (speed[axis][i] > 0) ? own + 0.2F : std::max(own * 0.8F, 0.01F);
        speed[axis][i] = momentum * speed[axis][i] - rate * own * gradient;
        place[axis][i] += speed[axis][i];
      }
  }
};

}  // namespace

std::vector<Place> main_axes(std::span<const std::vector<float>> rows) {
  std::vector<Place> places(rows.size(), Place{0, 0});
  Rows left = centred(rows);
  for (size_t axis = 0; axis < 2 && !left.empty(); ++axis) {
    const std::vector<float> direction = longest_axis(left);
    if (direction.empty()) break;
    for (size_t i = 0; i < left.size(); ++i) {
      places[i][axis] = dot(left[i], direction);
      take_away(left[i], direction);
    }
  }
  return places;
}

std::vector<Place> tsne(std::span<const std::vector<float>> rows) {
  Watch unseen;
  return *tsne(rows, unseen);
}

Result<std::vector<Place>> tsne(std::span<const std::vector<float>> rows, Watch& watch) {
  constexpr size_t kFewest = 6;
  constexpr int kToldEvery = 10;
  std::vector<Place> places = main_axes(rows);
  double square = 0;
  for (const Place& place : places) square += place[0] * place[0] / static_cast<double>(places.size());
  if (places.size() < kFewest || square == 0) return places;

  const Nearness nearness(centred(rows));
  Descent descent(places.size());
  for (size_t i = 0; i < places.size(); ++i)
    for (size_t axis = 0; axis < 2; ++axis)
      descent.place[axis][i] = static_cast<float>(places[i][axis] / std::sqrt(square) * 1e-4);
  watch.begin("arranging pictures", kSteps);
  for (int i = 0; i < kSteps; ++i) {
    if (watch.interrupted()) return interrupted_error();
    descent.step(nearness, i < kExaggerated ? kExaggeration : 1, i < kExaggerated ? 0.5F : 0.8F);
    if (i % kToldEvery == 0) watch.advance(i);
  }
  watch.end();
  for (size_t i = 0; i < places.size(); ++i) places[i] = {descent.place[0][i], descent.place[1][i]};
  return places;
}

}  // namespace dew::report
