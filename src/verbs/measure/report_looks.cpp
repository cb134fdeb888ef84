#include "verbs/measure/report_looks.h"

#include <algorithm>

#include "report/tsne.h"

namespace dew::verbs {
namespace {

constexpr size_t kMostDots = 600;  ///< a second of t-SNE

/// Every n-th of `from`, at most `most`.
void add_evenly(const std::vector<size_t>& from, size_t most, std::vector<size_t>& to) {
  const size_t count = std::min(from.size(), most);
  for (size_t i = 0; i < count; ++i) to.push_back(from[i * from.size() / count]);
}

}  // namespace

std::vector<report::ClassScore> class_scores(const std::vector<std::vector<int64_t>>& counts) {
  std::vector<report::ClassScore> scores;
  for (size_t c = 0; c < counts.size(); ++c) {
    int64_t are = 0;
    int64_t said = 0;
    for (size_t other = 0; other < counts.size(); ++other) {
      are += counts[c][other];
      said += counts[other][c];
    }
    scores.push_back({share_of(counts[c][c], said), share_of(counts[c][c], are)});
  }
  return scores;
}

report::HeatMap heat_map(const student::Look& look, int said, int truth,
                         const std::vector<std::string>& classes) {
  const auto own = static_cast<size_t>(said);
  auto other = static_cast<size_t>(truth);
  if (own == other) {
    other = own == 0 ? 1 : 0;
    for (size_t c = 0; c < classes.size(); ++c)
      if (c != own && look.probabilities[c] > look.probabilities[other]) other = c;
  }
  report::HeatMap heat{look.side, look.side, {}, classes[other]};
  for (size_t at = 0; at < look.evidence.size(); at += classes.size())
    heat.values.push_back(look.evidence[at + own] - look.evidence[at + other]);
  return heat;
}

std::vector<report::Dot> map_of(const std::vector<student::Look>& looks, const std::vector<size_t>& index,
                                const std::vector<report::Tile>& tiles) {
  std::vector<size_t> wrong;
  std::vector<size_t> right;
  for (size_t t = 0; t < tiles.size(); ++t) (tiles[t].agree ? right : wrong).push_back(t);
  std::vector<size_t> shown;
  add_evenly(wrong, kMostDots, shown);
  add_evenly(right, kMostDots - shown.size(), shown);
  std::sort(shown.begin(), shown.end());
  std::vector<std::vector<float>> features;
  features.reserve(shown.size());
  for (const size_t t : shown) features.push_back(looks[index[t]].features);
  const std::vector<report::Place> places = report::tsne(features);
  std::vector<report::Dot> dots;
  for (size_t i = 0; i < shown.size(); ++i) dots.push_back({places[i][0], places[i][1], shown[i]});
  return dots;
}

}  // namespace dew::verbs
