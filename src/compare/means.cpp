#include "compare/means.h"

#include <algorithm>
#include <limits>

namespace dew::compare {

Right right_of(const Said& said, const std::vector<int>& gold) {
  return where(said, [&gold](size_t i, int one) { return one == gold[i]; });
}

Means::Id Means::mean(Right values, std::vector<float> counts) {
  means_.push_back({std::move(values), std::move(counts)});
  return means_.size() - 1;
}

Means::Id Means::figure(std::vector<std::pair<Id, double>> sum) {
  figures_.push_back(std::move(sum));
  return figures_.size() - 1;
}

double Means::value_of(const Mean& mean, const Draw& draw) {
  double sum = 0;
  double weight = 0;
  double pictures = 0;
  for (size_t i = 0; i < draw.pictures.size(); ++i)
    if (mean.counts.empty() || mean.counts[i] > 0) pictures += draw.pictures[i];
  for (size_t s = 0; s < std::min(mean.values.size(), draw.seeds.size()); ++s) {
    if (draw.seeds[s] <= 0) continue;
    const std::vector<float>& row = mean.values[s];
    double own = 0;
    if (mean.counts.empty())
      for (size_t i = 0; i < row.size(); ++i) own += row[i] * draw.pictures[i];
    else
      for (size_t i = 0; i < row.size(); ++i) own += mean.counts[i] > 0 ? row[i] * draw.pictures[i] : 0.0F;
    sum += draw.seeds[s] * own;
    weight += draw.seeds[s] * pictures;
  }
  return weight > 0 ? sum / weight : std::numeric_limits<double>::quiet_NaN();
}

std::vector<std::optional<Estimate>> Means::told(const std::vector<int64_t>& group, size_t seeds,
                                                 uint64_t seed) const {
  return estimates({group, seeds, 2000, seed}, [this](const Draw& draw) {
    std::vector<double> means;
    for (const Mean& mean : means_) means.push_back(value_of(mean, draw));
    std::vector<double> figures;
    for (const auto& sum : figures_) {
      double value = 0;
      for (const auto& [id, factor] : sum) value += factor * means[id];
      figures.push_back(value);
    }
    return figures;
  });
}

}  // namespace dew::compare
