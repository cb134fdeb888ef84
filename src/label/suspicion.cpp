// Standardise, a discriminant for each fold from statistics that are taken away again, temperature, ranking.
#include "label/suspicion.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>

#include "label/linear.h"

namespace dew {
namespace {

using label::Upper;

constexpr float kShrinkage = 2;           // of the covariance of standardised features towards the identity
constexpr double kLeastThreshold = 0.02;  // a class's self-confidence is not trusted below
constexpr double kHuman = 5;              // a person's label teaches as much as so many by a teacher
// How much likelier a label's true class is one that an answer named: named, nothing known, others were
// named.
constexpr double kNamed = 1;
constexpr double kUnknown = 0.15;
constexpr double kUnnamed = 0.02;
constexpr double kLeastLogit = 3;  // teachers' confidence counts up to odds of e^3

/// Folds of about equal size; groups, largest first, go to the smallest fold, in an order drawn by a fixed
/// seed.
std::vector<int> draw_folds(const std::vector<int64_t>& group, int folds) {
  std::map<int64_t, int64_t> size;
  for (const int64_t id : group) ++size[id];
  std::vector<std::pair<int64_t, int64_t>> order(size.begin(), size.end());
  std::mt19937_64 random(7);
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<int64_t> filled(static_cast<size_t>(folds), 0);
  std::map<int64_t, int> fold_of;
  for (const auto& [id, count] : order) {
    const auto least = std::min_element(filled.begin(), filled.end());
    *least += count;
    fold_of[id] = static_cast<int>(least - filled.begin());
  }
  std::vector<int> fold;
  fold.reserve(group.size());
  for (const int64_t id : group) fold.push_back(fold_of[id]);
  return fold;
}

/// Square roots (features behind a ReLU are skewed), then mean 0 and deviation 1 a column.
std::vector<float> standardise(const Evidence& evidence) {
  const size_t columns = evidence.columns;
  const size_t rows = evidence.label.size();
  std::vector<float> x(evidence.features.size());
  std::transform(evidence.features.begin(), evidence.features.end(), x.begin(),
                 [](float value) { return std::copysign(std::sqrt(std::fabs(value)), value); });
  std::vector<double> sum(columns, 0);
  std::vector<double> squares(columns, 0);
  for (size_t i = 0; i < rows; ++i)
    for (size_t d = 0; d < columns; ++d) {
      const double value = x[i * columns + d];
      sum[d] += value;
      squares[d] += value * value;
    }
  const auto count = static_cast<double>(rows);
  for (size_t d = 0; d < columns; ++d) {
    sum[d] /= count;
    squares[d] = std::sqrt(std::max(0.0, squares[d] / count - sum[d] * sum[d])) + 1e-3;
  }
  for (size_t i = 0; i < rows; ++i)
    for (size_t d = 0; d < columns; ++d) {
      float& value = x[i * columns + d];
      value = static_cast<float>((value - sum[d]) / squares[d]);
    }
  return x;
}

/// Per class: how many samples, and the sum of their features.
struct ClassSums {
  ClassSums(size_t classes, size_t columns) : count(classes, 0), sum(classes * columns, 0) {}
  void add(const float* row, size_t columns, int answer_class, double factor) {
    const auto at = static_cast<size_t>(answer_class);
    count[at] += factor;
    for (size_t d = 0; d < columns; ++d) sum[at * columns + d] += factor * row[d];
  }
  std::vector<double> count;
  std::vector<double> sum;
};

/// Linear scores: weights columns x classes, a bias a class; absent classes get none.
struct Discriminant {
  std::vector<float> weights;
  std::vector<float> bias;
};

/// From the sums over the training samples and their X'X, which is used up.
Result<Discriminant> discriminant(Upper& gram, const ClassSums& sums) {
  const size_t columns = gram.size;
  const size_t classes = sums.count.size();
  std::vector<float> mean(classes * columns, 0);
  std::vector<float> scaled(classes * columns, 0);
  for (size_t k = 0; k < classes; ++k) {
    if (sums.count[k] < 0.5) continue;
    for (size_t d = 0; d < columns; ++d) {
      mean[k * columns + d] = static_cast<float>(sums.sum[k * columns + d] / sums.count[k]);
      scaled[k * columns + d] = static_cast<float>(sums.sum[k * columns + d] / std::sqrt(sums.count[k]));
    }
  }
  label::add_outer(gram, scaled.data(), classes, -1);  // what is left is the scatter within classes
  const auto total = static_cast<float>(std::accumulate(sums.count.begin(), sums.count.end(), 0.0));
  for (size_t i = 0; i < columns; ++i) {
    float* row = gram.row(i);
    for (size_t j = i; j < columns; ++j) row[j] /= total;
    row[i] += kShrinkage;
  }
  if (!label::factor_cholesky(gram)) return work_error("the features are not numbers");
  Discriminant found;
  found.weights.resize(columns * classes);
  for (size_t k = 0; k < classes; ++k)
    for (size_t d = 0; d < columns; ++d) found.weights[d * classes + k] = mean[k * columns + d];
  label::solve_cholesky(gram, found.weights, classes);
  found.bias.assign(classes, 0);
  for (size_t k = 0; k < classes; ++k) {
    for (size_t d = 0; d < columns; ++d)
      found.bias[k] -= 0.5F * mean[k * columns + d] * found.weights[d * classes + k];
    if (sums.count[k] < 0.5) found.bias[k] = -std::numeric_limits<float>::infinity();
  }
  return found;
}

void score(const Discriminant& by, const float* row, size_t columns, float* out) {
  const size_t classes = by.bias.size();
  std::copy(by.bias.begin(), by.bias.end(), out);
  for (size_t d = 0; d < columns; ++d) {
    const float value = row[d];
    const float* weights = by.weights.data() + d * classes;
    for (size_t k = 0; k < classes; ++k) out[k] += value * weights[k];
  }
}

/// samples x classes, each row by a discriminant that did not see the sample's fold.
Result<std::vector<float>> out_of_fold(const Evidence& evidence, int folds, Watch& watch) {
  const size_t columns = evidence.columns;
  const auto classes = static_cast<size_t>(evidence.classes);
  const std::vector<float> x = standardise(evidence);
  const std::vector<int> fold = draw_folds(evidence.group, folds);
  const size_t rows = fold.size();
  Upper all(columns);
  label::add_outer(all, x.data(), rows, 1);
  ClassSums sums(classes, columns);
  const auto weight = [&evidence](size_t i) { return evidence.human[i] ? kHuman : 1.0; };
  for (size_t i = 0; i < rows; ++i) {
    sums.add(&x[i * columns], columns, evidence.label[i], weight(i));
    if (evidence.human[i]) label::add_outer(all, &x[i * columns], 1, static_cast<float>(kHuman - 1));
  }

  std::vector<float> scores(rows * classes);
  watch.begin("cross-checking", folds);
  for (int held = 0; held < folds; ++held) {
    if (watch.interrupted()) return interrupted_error();
    Upper gram = all;
    ClassSums rest = sums;
    for (size_t i = 0; i < rows; ++i) {
      if (fold[i] != held) continue;
      rest.add(&x[i * columns], columns, evidence.label[i], -weight(i));
      label::add_outer(gram, &x[i * columns], 1, static_cast<float>(-weight(i)));
    }
    DEW_TRY(const Discriminant by, discriminant(gram, rest));
    for (size_t i = 0; i < rows; ++i)
      if (fold[i] == held) score(by, &x[i * columns], columns, &scores[i * classes]);
    watch.advance(held + 1);
  }
  watch.end();
  return scores;
}

/// Softmax of scores / temperature.
void probabilities(const float* scores, size_t classes, double temperature, float* out) {
  constexpr float kLeast = 1e-9F;
  const float top = *std::max_element(scores, scores + classes);
  double sum = 0;
  for (size_t k = 0; k < classes; ++k)
    sum += out[k] = std::exp((scores[k] - top) / static_cast<float>(temperature));
  for (size_t k = 0; k < classes; ++k) out[k] = std::max(kLeast, static_cast<float>(out[k] / sum));
}

/// The temperature under which the labels are likeliest (Guo et al. 2017, arXiv 1706.04599).
double fit_temperature(const std::vector<float>& scores, const std::vector<int>& label, size_t classes) {
  double best = 1;
  double least = std::numeric_limits<double>::infinity();
  std::vector<float> row(classes);
  for (double temperature = 0.1; temperature < 300; temperature *= 1.25) {
    double loss = 0;
    for (size_t i = 0; i < label.size(); ++i) {
      probabilities(&scores[i * classes], classes, temperature, row.data());
      loss -= std::log(row[static_cast<size_t>(label[i])]);
    }
    if (loss < least) least = loss, best = temperature;
  }
  return best;
}

/// The paper's thresholds: how sure the classifier is, on average, of the samples that carry the class.
std::vector<double> self_confidence(const std::vector<float>& p, const std::vector<int>& label,
                                    size_t classes) {
  std::vector<double> sum(classes, 0);
  std::vector<double> count(classes, 0);
  for (size_t i = 0; i < label.size(); ++i) {
    const auto k = static_cast<size_t>(label[i]);
    sum[k] += p[i * classes + k];
    ++count[k];
  }
  for (size_t k = 0; k < classes; ++k)
    sum[k] = count[k] > 0 ? std::max(kLeastThreshold, sum[k] / count[k]) : 1.0;
  return sum;
}

/// Log odds that the teacher is wrong, from what is known of it; 0 where nothing is.
double doubt(float share) {
  if (share < 0) return 0;
  const double sure = std::clamp(static_cast<double>(share), 1e-6, 1 - 1e-6);
  return std::clamp(std::log((1 - sure) / sure), -kLeastLogit, kLeastLogit);
}

/// Doubts with their mean taken off, so that samples of which nothing is known stand in the middle.
std::vector<double> centred_doubts(const std::vector<float>& share) {
  double sum = 0;
  double known = 0;
  for (const float one : share)
    if (one >= 0) sum += doubt(one), ++known;
  std::vector<double> result;
  result.reserve(share.size());
  for (const float one : share) result.push_back(one < 0 ? 0 : doubt(one) - sum / known);
  return result;
}

Opinion judge(const float* p, int label, const std::vector<int>& alternatives,
              const std::vector<double>& threshold) {
  const auto own = static_cast<size_t>(label);
  const auto named = [&](size_t k) {
    return std::find(alternatives.begin(), alternatives.end(), static_cast<int>(k)) != alternatives.end();
  };
  Opinion opinion;
  double strongest = 0;
  for (size_t k = 0; k < threshold.size(); ++k) {
    if (p[k] > opinion.probability) opinion.said = static_cast<int>(k), opinion.probability = p[k];
    if (k == own) continue;
    const double weight = alternatives.empty() ? kUnknown : named(k) ? kNamed : kUnnamed;
    strongest = std::max(strongest, weight * p[k] / threshold[k]);
  }
  opinion.given = p[own];
  opinion.suspicion = std::log(strongest) - std::log(p[own] / threshold[own]);
  return opinion;
}

Result<void> check_evidence(const Evidence& evidence) {
  const auto finite = [](float value) { return std::isfinite(value); };
  if (!std::all_of(evidence.features.begin(), evidence.features.end(), finite))
    return work_error("the features are not numbers");
  const auto& label = evidence.label;
  if (label.empty() || std::all_of(label.begin(), label.end(), [&](int k) { return k == label[0]; }))
    return work_error("all labels are of one class: there is nothing to compare them with", {},
                      "label more samples: dewdrop label");
  return {};
}

}  // namespace

Result<std::vector<Opinion>> suspect(const Evidence& evidence, int folds, Watch& watch) {
  DEW_CHECK(check_evidence(evidence));
  const auto classes = static_cast<size_t>(evidence.classes);
  DEW_TRY(std::vector<float> p, out_of_fold(evidence, folds, watch));
  const double temperature = fit_temperature(p, evidence.label, classes);
  std::vector<float> row(classes);
  for (size_t i = 0; i < evidence.label.size(); ++i) {
    probabilities(&p[i * classes], classes, temperature, row.data());
    std::copy(row.begin(), row.end(), p.begin() + static_cast<std::ptrdiff_t>(i * classes));
  }
  const auto threshold = self_confidence(p, evidence.label, classes);
  const auto unsure = centred_doubts(evidence.confidence);
  const auto divided = centred_doubts(evidence.agreement);
  std::vector<Opinion> opinions;
  opinions.reserve(evidence.label.size());
  for (size_t i = 0; i < evidence.label.size(); ++i) {
    Opinion opinion = judge(&p[i * classes], evidence.label[i], evidence.alternatives[i], threshold);
    opinion.suspicion += unsure[i] + divided[i];
    opinions.push_back(opinion);
  }
  return opinions;
}

}  // namespace dew
