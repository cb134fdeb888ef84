#include "compare/mixture.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compare/random.h"

namespace dew::compare {
namespace {

constexpr double kLeastVariance = 0.01;
constexpr double kPrior =
    1;  ///< pictures of every class and of both outcomes that a slice is thought to hold at first

/// A slice's parameters.
struct Slice {
  double weight = 0;
  std::vector<double> mean, variance;
  std::vector<double> log_class;
  double wrong_a = 0.5;
  double wrong_b = 0.5;
};

double squared_distance(const float* one, const float* other, size_t columns) {
  double sum = 0;
  for (size_t c = 0; c < columns; ++c) sum += (one[c] - other[c]) * (one[c] - other[c]);
  return sum;
}

/// What k-means goes by: the place, and what each arm did.
std::vector<float> with_errors(const MixtureData& data, double weight) {
  std::vector<float> rows;
  const auto factor = static_cast<float>(std::sqrt(weight));
  for (size_t i = 0; i < data.gold.size(); ++i) {
    const auto* row = data.places.data() + i * data.columns;
    rows.insert(rows.end(), row, row + data.columns);
    rows.push_back(factor * data.wrong_a[i]);
    rows.push_back(factor * data.wrong_b[i]);
  }
  return rows;
}

/// k-means++ (Arthur and Vassilvitskii 2007): centres far from each other.
std::vector<size_t> first_centres(const std::vector<float>& rows, size_t columns, size_t wanted,
                                  Random& random) {
  const size_t count = rows.size() / columns;
  std::vector<size_t> centres{random.below(count)};
  std::vector<double> distance(count, std::numeric_limits<double>::max());
  while (centres.size() < std::min(wanted, count)) {
    double sum = 0;
    for (size_t i = 0; i < count; ++i) {
      const double now = squared_distance(&rows[i * columns], &rows[centres.back() * columns], columns);
      distance[i] = std::min(distance[i], now);
      sum += distance[i];
    }
    double at = random.unit() * sum;
    size_t chosen = 0;
    while (chosen + 1 < count && (at -= distance[chosen]) > 0) ++chosen;
    centres.push_back(chosen);
  }
  return centres;
}

std::vector<int> k_means(const std::vector<float>& rows, size_t columns, size_t slices, Random& random) {
  constexpr int kRounds = 8;
  const size_t count = rows.size() / columns;
  const std::vector<size_t> first = first_centres(rows, columns, slices, random);
  std::vector<float> centres;
  for (const size_t i : first)
    centres.insert(centres.end(), rows.begin() + std::ptrdiff_t(i * columns),
                   rows.begin() + std::ptrdiff_t((i + 1) * columns));
  std::vector<int> nearest(count, 0);
  for (int round = 0; round < kRounds; ++round) {
    for (size_t i = 0; i < count; ++i) {
      double least = std::numeric_limits<double>::max();
      for (size_t k = 0; k < first.size(); ++k) {
        const double distance = squared_distance(&rows[i * columns], &centres[k * columns], columns);
        if (distance < least) {
          least = distance;
          nearest[i] = static_cast<int>(k);
        }
      }
    }
    std::vector<double> sums(centres.size(), 0);
    std::vector<double> members(first.size(), 0);
    for (size_t i = 0; i < count; ++i) {
      const auto k = static_cast<size_t>(nearest[i]);
      ++members[k];
      for (size_t c = 0; c < columns; ++c) sums[k * columns + c] += rows[i * columns + c];
    }
    for (size_t k = 0; k < first.size(); ++k)
      for (size_t c = 0; members[k] > 0 && c < columns; ++c)
        centres[k * columns + c] = static_cast<float>(sums[k * columns + c] / members[k]);
  }
  return nearest;
}

/// Maximisation: a slice from how much of each picture is its own.
Slice fitted(const MixtureData& data, const float* share, size_t stride) {
  Slice slice;
  slice.mean.assign(data.columns, 0);
  slice.variance.assign(data.columns, 0);
  std::vector<double> classes(data.classes, kPrior / double(data.classes));
  double wrong_a = kPrior / 2;
  double wrong_b = kPrior / 2;
  for (size_t i = 0; i < data.gold.size(); ++i) {
    const double own = share[i * stride];
    if (own < 1e-6) continue;
    slice.weight += own;
    classes[static_cast<size_t>(data.gold[i])] += own;
    wrong_a += own * data.wrong_a[i];
    wrong_b += own * data.wrong_b[i];
    for (size_t c = 0; c < data.columns; ++c) {
      const double at = data.places[i * data.columns + c];
      slice.mean[c] += own * at;
      slice.variance[c] += own * at * at;
    }
  }
  const double all = std::max(slice.weight, 1e-9);
  for (size_t c = 0; c < data.columns; ++c) {
    slice.mean[c] /= all;
    slice.variance[c] = std::max(kLeastVariance, slice.variance[c] / all - slice.mean[c] * slice.mean[c]);
  }
  for (const double one : classes) slice.log_class.push_back(std::log(one / (slice.weight + kPrior)));
  slice.wrong_a = wrong_a / (slice.weight + kPrior);
  slice.wrong_b = wrong_b / (slice.weight + kPrior);
  return slice;
}

double log_outcome(double wrong, double share) {
  return wrong * std::log(share) + (1 - wrong) * std::log(1 - share);
}

/// The logarithm of a slice's likelihood of each picture, up to what all slices share.
class Likelihood {
 public:
  Likelihood(const Slice& slice, double pictures, double error_weight)
      : slice_(slice), error_weight_(error_weight), base_(std::log(std::max(slice.weight, 1e-9) / pictures)) {
    for (const double variance : slice.variance) base_ -= std::log(variance) / 2;
  }
  [[nodiscard]] double of(const MixtureData& data, size_t i) const {
    double sum = 0;
    const float* row = data.places.data() + i * data.columns;
    for (size_t c = 0; c < data.columns; ++c)
      sum += (row[c] - slice_.mean[c]) * (row[c] - slice_.mean[c]) / slice_.variance[c];
    return base_ - sum / 2 + slice_.log_class[static_cast<size_t>(data.gold[i])] +
           error_weight_ *
               (log_outcome(data.wrong_a[i], slice_.wrong_a) + log_outcome(data.wrong_b[i], slice_.wrong_b));
  }

 private:
  const Slice& slice_;
  double error_weight_;
  double base_;
};

/// Expectation: of each picture, the slices' shares.
void share_out(const MixtureData& data, const std::vector<Slice>& slices, double error_weight,
               std::vector<float>& shares) {
  std::vector<Likelihood> likelihoods;
  for (const Slice& slice : slices) likelihoods.emplace_back(slice, double(data.gold.size()), error_weight);
  std::vector<double> logs(slices.size());
  for (size_t i = 0; i < data.gold.size(); ++i) {
    for (size_t k = 0; k < slices.size(); ++k) logs[k] = likelihoods[k].of(data, i);
    const double most = *std::max_element(logs.begin(), logs.end());
    double sum = 0;
    for (double& one : logs) sum += (one = std::exp(one - most));
    for (size_t k = 0; k < slices.size(); ++k) shares[i * slices.size() + k] = float(logs[k] / sum);
  }
}

/// Gram-Schmidt over the columns of rows x columns.
void orthonormalise(std::vector<double>& matrix, size_t rows, size_t columns) {
  for (size_t c = 0; c < columns; ++c) {
    for (size_t before = 0; before < c; ++before) {
      double dot = 0;
      for (size_t r = 0; r < rows; ++r) dot += matrix[r * columns + c] * matrix[r * columns + before];
      for (size_t r = 0; r < rows; ++r) matrix[r * columns + c] -= dot * matrix[r * columns + before];
    }
    double norm = 0;
    for (size_t r = 0; r < rows; ++r) norm += matrix[r * columns + c] * matrix[r * columns + c];
    norm = std::sqrt(std::max(norm, 1e-30));
    for (size_t r = 0; r < rows; ++r) matrix[r * columns + c] /= norm;
  }
}

/// rows x columns times columns x width.
std::vector<double> product(const std::vector<float>& rows, size_t columns, const std::vector<double>& by,
                            size_t width) {
  const size_t count = rows.size() / columns;
  std::vector<double> result(count * width, 0);
  for (size_t i = 0; i < count; ++i)
    for (size_t c = 0; c < columns; ++c)
      for (size_t w = 0; w < width; ++w)
        result[i * width + w] += double(rows[i * columns + c]) * by[c * width + w];
  return result;
}

/// The transpose of rows, columns x count, times count x width.
std::vector<double> back_product(const std::vector<float>& rows, size_t columns,
                                 const std::vector<double>& by, size_t width) {
  const size_t count = rows.size() / columns;
  std::vector<double> result(columns * width, 0);
  for (size_t i = 0; i < count; ++i)
    for (size_t c = 0; c < columns; ++c)
      for (size_t w = 0; w < width; ++w)
        result[c * width + w] += double(rows[i * columns + c]) * by[i * width + w];
  return result;
}

std::vector<float> centred_roots(const std::vector<float>& features, size_t columns) {
  std::vector<float> rows = features;
  for (float& one : rows) one = std::sqrt(std::max(one, 0.0F));
  const size_t count = rows.size() / columns;
  for (size_t c = 0; c < columns; ++c) {
    double sum = 0;
    for (size_t i = 0; i < count; ++i) sum += rows[i * columns + c];
    const auto mean = static_cast<float>(sum / double(count));
    for (size_t i = 0; i < count; ++i) rows[i * columns + c] -= mean;
  }
  return rows;
}

}  // namespace

Slicing slices_of(const MixtureData& data, const MixtureSettings& settings) {
  Random random(settings.seed);
  const auto rows = with_errors(data, settings.error_weight);
  const auto nearest = k_means(rows, data.columns + 2, settings.slices, random);
  const size_t count = data.gold.size();
  std::vector<float> shares(count * settings.slices, 0.0F);
  for (size_t i = 0; i < count; ++i) shares[i * settings.slices + static_cast<size_t>(nearest[i])] = 1;
  for (int round = 0; round < settings.rounds; ++round) {
    std::vector<Slice> slices;
    for (size_t k = 0; k < settings.slices; ++k)
      slices.push_back(fitted(data, shares.data() + k, settings.slices));
    share_out(data, slices, settings.error_weight, shares);
  }
  Slicing slicing;
  for (size_t i = 0; i < count; ++i) {
    const auto row = shares.begin() + std::ptrdiff_t(i * settings.slices);
    const auto most = std::max_element(row, row + std::ptrdiff_t(settings.slices));
    slicing.slice.push_back(static_cast<int>(most - row));
    slicing.sureness.push_back(*most);
  }
  return slicing;
}

std::vector<float> principal_places(const std::vector<float>& features, size_t from_columns, size_t columns,
                                    uint64_t seed) {
  constexpr int kRounds = 4;
  const std::vector<float> rows = centred_roots(features, from_columns);
  const size_t count = rows.size() / from_columns;
  const size_t width = std::min({columns, from_columns, count});
  Random random(seed);
  std::vector<double> basis(from_columns * width);
  for (double& one : basis) one = random.unit() - 0.5;
  orthonormalise(basis, from_columns, width);
  for (int round = 0; round < kRounds; ++round) {
    basis = back_product(rows, from_columns, product(rows, from_columns, basis, width), width);
    orthonormalise(basis, from_columns, width);
  }
  const std::vector<double> found = product(rows, from_columns, basis, width);
  double largest = 0;
  for (size_t w = 0; w < width; ++w) {
    double sum = 0;
    for (size_t i = 0; i < count; ++i) sum += found[i * width + w] * found[i * width + w];
    largest = std::max(largest, sum / double(count));
  }
  const double scale = largest > 0 ? 1 / std::sqrt(largest) : 1;
  std::vector<float> places;
  for (const double one : found) places.push_back(static_cast<float>(one * scale));
  return places;
}

}  // namespace dew::compare
