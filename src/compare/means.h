// Figures that are sums and differences of means over pictures and seeds, with their intervals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "compare/observed.h"
#include "compare/resample.h"

namespace dew::compare {

/// Collects means and what is to be told of them, then draws the worlds once for all.
class Means {
 public:
  using Id = size_t;

  /// The mean of `values` ([seed][picture]) over the pictures that count (`counts` > 0; empty: all do) and
  /// the seeds.
  Id mean(Right values, std::vector<float> counts = {});
  /// A sum of means, each times a factor: {{a, 1}, {b, -1}} is their difference.
  Id figure(std::vector<std::pair<Id, double>> sum);
  Id figure(Id mean) { return figure({{mean, 1.0}}); }
  Id difference(Id one, Id other) { return figure({{one, 1.0}, {other, -1.0}}); }

  /// In the order of figure(). `group`: of the pictures. All `values` have the same number of pictures; of
  /// seeds, the first so many as it has count for a mean.
  [[nodiscard]] std::vector<std::optional<Estimate>> told(const std::vector<int64_t>& group, size_t seeds,
                                                          uint64_t seed) const;

 private:
  struct Mean {
    Right values;
    std::vector<float> counts;
  };
  static double value_of(const Mean& mean, const Draw& draw);

  std::vector<Mean> means_;
  std::vector<std::vector<std::pair<Id, double>>> figures_;
};

/// 1 where the test holds. `holds`: of a picture and what was said of it.
template <typename Holds>
Right where(const Said& said, Holds holds) {
  Right result;
  for (const auto& net : said) {
    std::vector<float>& row = result.emplace_back();
    row.reserve(net.size());
    for (size_t i = 0; i < net.size(); ++i) row.push_back(holds(i, net[i]) ? 1.0F : 0.0F);
  }
  return result;
}

}  // namespace dew::compare
