#include "label/folds.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

namespace dew::label {
namespace {

constexpr size_t kTold = 10'000;  // labels that the temperature is fitted to, at most

/// Softmax of scores / temperature.
void probabilities(const float* scores, size_t classes, double temperature, float* out) {
  constexpr float kLeast = 1e-9F;
  const float top = *std::max_element(scores, scores + classes);
  double sum = 0;
  for (size_t k = 0; k < classes; ++k) {
    out[k] = std::exp((scores[k] - top) / static_cast<float>(temperature));
    sum += out[k];
  }
  for (size_t k = 0; k < classes; ++k) out[k] = std::max(kLeast, static_cast<float>(out[k] / sum));
}

/// Of very many labels it looks at an even part.
double fit_temperature(const std::vector<float>& scores, const std::vector<int>& label, size_t classes) {
  double best = 1;
  double least = std::numeric_limits<double>::infinity();
  const size_t step = label.size() / kTold + 1;
  std::vector<float> row(classes);
  for (double temperature = 0.1; temperature < 300; temperature *= 1.25) {
    double loss = 0;
    for (size_t i = 0; i < label.size(); i += step) {
      if (label[i] < 0) continue;
      probabilities(&scores[i * classes], classes, temperature, row.data());
      loss -= std::log(row[static_cast<size_t>(label[i])]);
    }
    if (loss < least) least = loss, best = temperature;
  }
  return best;
}

}  // namespace

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

std::vector<int> draw_folds(const std::vector<int64_t>& group, const std::vector<int>& label, int folds) {
  std::map<int64_t, int> label_of;
  for (size_t i = 0; i < group.size(); ++i) label_of.emplace(group[i], label[i]);
  std::map<int, std::vector<size_t>> members;
  for (size_t i = 0; i < group.size(); ++i) members[label_of[group[i]]].push_back(i);
  std::vector<int> fold(group.size());
  size_t first = 0;  // each class begins where the last one ended, or all would leave the same folds short
  for (const auto& [of, own] : members) {
    std::vector<int64_t> groups;
    groups.reserve(own.size());
    for (const size_t i : own) groups.push_back(group[i]);
    const std::vector<int> drawn = draw_folds(groups, folds);
    for (size_t i = 0; i < own.size(); ++i)
      fold[own[i]] = static_cast<int>((static_cast<size_t>(drawn[i]) + first) % static_cast<size_t>(folds));
    first += own.size();
  }
  return fold;
}

void calibrate_scores(std::vector<float>& scores, const std::vector<int>& label, size_t classes) {
  const double temperature = fit_temperature(scores, label, classes);
  std::vector<float> row(classes);
  for (size_t i = 0; i < label.size(); ++i) {
    probabilities(&scores[i * classes], classes, temperature, row.data());
    std::copy(row.begin(), row.end(), scores.begin() + static_cast<std::ptrdiff_t>(i * classes));
  }
}

}  // namespace dew::label
