// X'X a fold, added up but for the fold in question; from it the scatter within classes, from that the
// scores.
#include "label/discriminant.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <future>
#include <limits>
#include <numeric>
#include <thread>

#include "base/beside.h"

namespace dew::label {
namespace {

constexpr float kShrinkage = 2;  // of the covariance of standardised features towards the identity

/// Calls work(0) ... work(count - 1), several at once. Error: the first call's that gave one; interrupted.
/// `done` is told how many more there are.
Result<void> side_by_side(int count, const std::function<Result<void>(int)>& work, const Watch& watch,
                          const std::function<void(int)>& done = {}) {
  const int together = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  for (int first = 0; first < count; first += together) {
    if (watch.interrupted()) return interrupted_error();
    const int last = std::min(count, first + together);
    std::vector<std::future<Result<void>>> others;
    for (int i = first + 1; i < last; ++i) others.push_back(beside([&work, i] { return work(i); }));
    Result<void> all = work(first);
    for (auto& other : others)
      if (auto its = other.get(); all) all = std::move(its);
    DEW_CHECK(all);
    if (done) done(last - first);
  }
  return {};
}

}  // namespace

void standardise(std::vector<float>& features, size_t columns) {
  const size_t rows = features.size() / columns;
  std::vector<double> sum(columns, 0);
  std::vector<double> squares(columns, 0);
  for (size_t i = 0; i < rows; ++i)
    for (size_t d = 0; d < columns; ++d) {
      float& value = features[i * columns + d];
      value = std::copysign(std::sqrt(std::fabs(value)), value);
      sum[d] += value;
      squares[d] += static_cast<double>(value) * value;
    }
  const auto count = static_cast<double>(rows);
  for (size_t d = 0; d < columns; ++d) {
    sum[d] /= count;
    squares[d] = std::sqrt(std::max(0.0, squares[d] / count - sum[d] * sum[d])) + 1e-3;
  }
  for (size_t i = 0; i < rows; ++i)
    for (size_t d = 0; d < columns; ++d) {
      float& value = features[i * columns + d];
      value = static_cast<float>((value - sum[d]) / squares[d]);
    }
}

/// Per class: how much its samples weigh, and the sum of their features.
struct FoldedDiscriminant::ClassSums {
  ClassSums(size_t classes, size_t columns) : count(classes, 0), sum(classes * columns, 0) {}
  void add(const float* row, size_t columns, const TrainingLabel& lesson, int sign) {
    const auto at = static_cast<size_t>(lesson.label);
    const double weight = sign * static_cast<double>(lesson.weight);
    count[at] += weight;
    for (size_t d = 0; d < columns; ++d) sum[at * columns + d] += weight * row[d];
  }
  std::vector<double> count;
  std::vector<double> sum;
};

/// Samples as sums.
struct FoldedDiscriminant::Whole {
  Upper gram;
  ClassSums sums;
};

/// Weights columns x classes, a bias a class; absent classes get none.
struct FoldedDiscriminant::Discriminant {
  std::vector<float> weights;
  std::vector<float> bias;
};

FoldedDiscriminant::FoldedDiscriminant(std::vector<float> features, size_t columns, std::vector<int> fold,
                                       size_t classes)
    : features_(std::move(features)), columns_(columns), classes_(classes), taken_(fold.size(), 0) {
  members_.resize(static_cast<size_t>(*std::max_element(fold.begin(), fold.end())) + 1);
  for (size_t i = 0; i < fold.size(); ++i) members_[static_cast<size_t>(fold[i])].push_back(i);
  gram_.assign(members_.size(), Upper(columns));
}

Result<std::vector<float>> FoldedDiscriminant::scores(const std::vector<TrainingLabel>& lessons,
                                                      Watch& watch) {
  const auto folds = static_cast<int>(members_.size());
  watch.begin("cross-checking", folds);
  DEW_CHECK(side_by_side(
      folds,
      [&](int fold) {
        take_in(fold, lessons);
        return Result<void>();
      },
      watch));
  Whole whole{Upper(columns_), ClassSums(classes_, columns_)};
  for (const Upper& own : gram_)
    for (size_t at = 0; at < own.values.size(); ++at) whole.gram.values[at] += own.values[at];
  for (size_t i = 0; i < lessons.size(); ++i)
    if (lessons[i].weight > 0) whole.sums.add(row(i), columns_, lessons[i], 1);
  std::vector<float> scores(lessons.size() * classes_);
  int done = 0;
  DEW_CHECK(side_by_side(
      folds, [&](int held) { return judge(held, whole, lessons, scores); }, watch,
      [&](int count) { watch.advance(done += count); }));
  watch.end();
  return scores;
}

void FoldedDiscriminant::take_in(int fold, const std::vector<TrainingLabel>& lessons) {
  std::vector<Weighted> changed;
  for (const size_t i : members_[static_cast<size_t>(fold)]) {
    if (lessons[i].weight == taken_[i]) continue;
    changed.push_back({row(i), lessons[i].weight - taken_[i]});
    taken_[i] = lessons[i].weight;
  }
  add_outer(gram_[static_cast<size_t>(fold)], changed);
}

Result<void> FoldedDiscriminant::judge(int held, const Whole& whole,
                                       const std::vector<TrainingLabel>& lessons,
                                       std::vector<float>& scores) const {
  const auto& members = members_[static_cast<size_t>(held)];
  const Upper& own = gram_[static_cast<size_t>(held)];
  Whole rest = whole;
  for (size_t at = 0; at < own.values.size(); ++at) rest.gram.values[at] -= own.values[at];
  for (const size_t i : members)
    if (lessons[i].weight > 0) rest.sums.add(row(i), columns_, lessons[i], -1);
  DEW_TRY(const Discriminant by, fit(rest));
  for (const size_t i : members) {
    float* out = &scores[i * classes_];
    std::copy(by.bias.begin(), by.bias.end(), out);
    add_product(out, row(i), by.weights.data(), columns_, classes_);
  }
  return {};
}

Result<FoldedDiscriminant::Discriminant> FoldedDiscriminant::fit(Whole& over) const {
  auto& [gram, sums] = over;
  std::vector<float> mean(classes_ * columns_, 0);
  std::vector<Weighted> means;
  double total = 0;
  for (size_t k = 0; k < classes_; ++k) {
    if (sums.count[k] < 0.5) continue;
    total += sums.count[k];
    for (size_t d = 0; d < columns_; ++d)
      mean[k * columns_ + d] = static_cast<float>(sums.sum[k * columns_ + d] / sums.count[k]);
    means.push_back({&mean[k * columns_], static_cast<float>(-sums.count[k])});
  }
  add_outer(gram, means);  // what is left is the scatter within classes
  const auto each = static_cast<float>(1 / total);
  for (float& value : gram.values) value *= each;
  for (size_t d = 0; d < columns_; ++d) gram.row(d)[d] += kShrinkage;
  if (!factor_cholesky(gram)) return work_error("the features are not numbers");
  Discriminant found;
  found.weights.resize(columns_ * classes_);
  for (size_t k = 0; k < classes_; ++k)
    for (size_t d = 0; d < columns_; ++d) found.weights[d * classes_ + k] = mean[k * columns_ + d];
  solve_cholesky(gram, found.weights, classes_);
  found.bias.assign(classes_, 0);
  for (size_t k = 0; k < classes_; ++k) {
    for (size_t d = 0; d < columns_; ++d)
      found.bias[k] -= 0.5F * mean[k * columns_ + d] * found.weights[d * classes_ + k];
    if (sums.count[k] < 0.5) found.bias[k] = -std::numeric_limits<float>::infinity();
  }
  return found;
}

}  // namespace dew::label
