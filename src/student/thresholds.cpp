// Thresholds: how high a class's score has to be for the net to say it.
#include "student/thresholds.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace dew::student {
namespace {

constexpr auto kLeastPictures = static_cast<size_t>(kLeastForThreshold);

/// `said`: score and whether it was right, of all pictures taken for one class.
Threshold threshold_of(std::vector<std::pair<float, bool>> said, double precision) {
  Threshold result;
  result.said = static_cast<int64_t>(said.size());
  if (said.size() < kLeastPictures) return result;
  std::sort(said.begin(), said.end(), std::greater<>());
  double best = -1;
  double right = 0;
  result.reached = false;
  for (size_t i = 0; i < said.size(); ++i) {
    right += said[i].second ? 1 : 0;
    const bool cut = i + 1 == said.size() || said[i + 1].first < said[i].first;
    const double share = right / static_cast<double>(i + 1);
    if (!cut || (share < precision && (i + 1 < kLeastPictures || share <= best || result.reached))) continue;
    result.score = i + 1 == said.size() ? 0.0 : said[i].first;
    result.reached = share >= precision;
    best = share;
  }
  return result;
}

}  // namespace

std::vector<Threshold> choose_thresholds(const std::vector<std::vector<float>>& scores,
                                         const std::vector<int>& answers, int classes, double precision) {
  std::vector<std::vector<std::pair<float, bool>>> said(classes);
  for (size_t i = 0; i < scores.size(); ++i) {
    const auto top = std::max_element(scores[i].begin(), scores[i].end());
    const auto of = static_cast<size_t>(top - scores[i].begin());
    said[of].emplace_back(*top, static_cast<int>(of) == answers[i]);
  }
  std::vector<Threshold> result;
  for (auto& own : said) result.push_back(threshold_of(std::move(own), precision));
  return result;
}

}  // namespace dew::student
