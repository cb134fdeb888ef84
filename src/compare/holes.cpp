#include "compare/holes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "base/base.h"
#include "compare/mixture.h"
#include "compare/resample.h"

namespace dew::compare {
namespace {

constexpr size_t kPlaces = 16;  ///< directions of features that slices are drawn in
constexpr size_t kPicturesASlice = 25;
constexpr size_t kMostSlices = 25;
constexpr size_t kLeastPictures = 50;

/// [net][picture]: 1 where it is wrong; A's nets first.
std::vector<std::vector<float>> wrong_nets(const Observed& seen) {
  std::vector<std::vector<float>> wrong;
  for (const Said* arm : {&seen.a, &seen.b})
    for (const auto& net : right_of(*arm, seen.gold)) {
      wrong.push_back(net);
      for (float& one : wrong.back()) one = 1 - one;
    }
  return wrong;
}

/// Shares of wrong nets, with the nets that the exchange gives to A as A's.
void divide(const std::vector<std::vector<float>>& wrong, const std::vector<std::vector<size_t>>& exchange,
            const std::vector<int>& fold, MixtureData& data) {
  const size_t seeds = wrong.size() / 2;
  std::vector<std::vector<bool>> in_a(exchange.size(), std::vector<bool>(wrong.size(), false));
  for (size_t f = 0; f < exchange.size(); ++f)
    for (const size_t net : exchange[f]) in_a[f][net] = true;
  for (size_t i = 0; i < fold.size(); ++i) {
    float a = 0;
    float b = 0;
    for (size_t net = 0; net < wrong.size(); ++net)
      (in_a[static_cast<size_t>(fold[i])][net] ? a : b) += wrong[net][i];
    data.wrong_a[i] = a / static_cast<float>(seeds);
    data.wrong_b[i] = b / static_cast<float>(seeds);
  }
}

/// A slice's pictures, and how far apart the arms are there.
struct Gap {
  std::vector<size_t> pictures;
  double wrong_a = 0;
  double wrong_b = 0;
  [[nodiscard]] double gap() const { return wrong_a - wrong_b; }
  /// Larger slices are surer: a mean over n pictures varies with 1 / sqrt(n).
  [[nodiscard]] double score() const { return gap() * std::sqrt(static_cast<double>(pictures.size())); }
};

std::vector<Gap> gaps_of(const MixtureData& data, const MixtureSettings& settings) {
  const Slicing slicing = slices_of(data, settings);
  std::vector<Gap> gaps(settings.slices);
  std::vector<size_t> order(data.gold.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t i, size_t j) { return slicing.sureness[i] > slicing.sureness[j]; });
  for (const size_t i : order) {
    Gap& own = gaps[static_cast<size_t>(slicing.slice[i])];
    own.pictures.push_back(i);
    own.wrong_a += data.wrong_a[i];
    own.wrong_b += data.wrong_b[i];
  }
  std::erase_if(gaps, [](const Gap& one) { return one.pictures.size() < kLeastInSlice; });
  for (Gap& one : gaps) {
    one.wrong_a /= static_cast<double>(one.pictures.size());
    one.wrong_b /= static_cast<double>(one.pictures.size());
  }
  std::stable_sort(gaps.begin(), gaps.end(), [](const Gap& one, const Gap& other) {
    return std::abs(one.score()) > std::abs(other.score());
  });
  return gaps;
}

std::vector<std::pair<int, int64_t>> classes_in(const std::vector<size_t>& pictures,
                                                const std::vector<int>& gold) {
  std::map<int, int64_t> count;
  for (const size_t i : pictures) ++count[gold[i]];
  std::vector<std::pair<int, int64_t>> classes(count.begin(), count.end());
  std::stable_sort(classes.begin(), classes.end(),
                   [](const auto& one, const auto& other) { return one.second > other.second; });
  return classes;
}

std::set<std::string> words_of(const std::string& reason) {
  constexpr size_t kLeastLetters = 4;
  static const std::set<std::string> kNoHelp{"this",  "that",  "with", "there", "which",   "picture",
                                             "image", "shows", "from", "have",  "visible", "clearly",
                                             "photo", "the",   "and",  "what"};
  std::set<std::string> words;
  std::string word;
  for (const char letter : lower(reason) + " ") {
    if (std::isalpha(static_cast<unsigned char>(letter)) != 0 || (letter & 0x80) != 0) {
      word += letter;
      continue;
    }
    if (word.size() >= kLeastLetters && kNoHelp.count(word) == 0) words.insert(word);
    word.clear();
  }
  return words;
}

/// Up to three words of the slice's reasons that are rarer elsewhere, by log-odds; empty: there are none.
std::string words_for(const std::vector<size_t>& pictures, const std::vector<std::set<std::string>>& words,
                      const std::map<std::string, int64_t>& everywhere) {
  constexpr size_t kMostWords = 3;
  std::map<std::string, int64_t> here;
  for (const size_t i : pictures)
    for (const std::string& word : words[i]) ++here[word];
  std::vector<std::pair<double, std::string>> odds;
  const auto inside = static_cast<double>(pictures.size());
  const auto outside = static_cast<double>(words.size()) - inside;
  for (const auto& [word, count] : here) {
    if (static_cast<double>(count) < std::max(2.0, 0.2 * inside)) continue;
    const double own = (double(count) + 0.5) / (inside + 1);
    const double other = (double(everywhere.at(word) - count) + 0.5) / (outside + 1);
    if (own > 1.5 * other) odds.emplace_back(-std::log(own / other) * std::sqrt(own), word);
  }
  std::sort(odds.begin(), odds.end());
  std::vector<std::string> best;
  for (size_t i = 0; i < std::min(kMostWords, odds.size()); ++i) best.push_back(odds[i].second);
  return join(best);
}

std::string class_name(const Hole& hole, const std::vector<std::string>& names) {
  constexpr size_t kMostClasses = 3;
  std::vector<std::string> some;
  for (size_t i = 0; i < std::min(kMostClasses, hole.classes.size()); ++i)
    some.push_back(names[static_cast<size_t>(hole.classes[i].first)]);
  return join(some) + (hole.classes.size() > kMostClasses ? " …" : "");
}

void name(const Observed& seen, const HoleSearch& search, std::vector<Hole>& slices) {
  std::vector<std::set<std::string>> words;
  std::map<std::string, int64_t> everywhere;
  for (const std::string& reason : search.reasons) {
    words.push_back(words_of(reason));
    for (const std::string& word : words.back()) ++everywhere[word];
  }
  for (Hole& hole : slices) {
    const std::string classes = class_name(hole, seen.classes);
    const std::string said = words.empty() ? "" : words_for(hole.pictures, words, everywhere);
    hole.name = said.empty() ? classes : classes + ": " + said;
  }
}

}  // namespace

Holes holes_of(const Observed& seen, const HoleSearch& search) {
  Holes result;
  const size_t count = seen.gold.size();
  if (count < kLeastPictures || seen.a.size() < 2) return result;
  MixtureData data;
  data.columns = std::min({kPlaces, search.columns, count});
  data.places = principal_places(search.features, search.columns, data.columns, search.seed);
  data.gold = seen.gold;
  data.classes = seen.classes.size();
  data.wrong_a.resize(count);
  data.wrong_b.resize(count);
  MixtureSettings settings;
  settings.slices = std::clamp<size_t>(count / kPicturesASlice, 2, kMostSlices);
  settings.seed = search.seed;
  const auto wrong = wrong_nets(seen);
  const auto folds = static_cast<size_t>(*std::max_element(seen.fold.begin(), seen.fold.end())) + 1;
  const auto all = exchanges(seen.a.size(), folds, search.most, search.seed);
  std::vector<Gap> own;
  std::vector<double> largest;
  for (const auto& exchange : all) {
    divide(wrong, exchange, seen.fold, data);
    auto gaps = gaps_of(data, settings);
    largest.push_back(gaps.empty() ? 0 : std::abs(gaps[0].score()));
    if (own.empty()) own = std::move(gaps);
  }
  result.exchanges = std::ssize(all);
  for (const Gap& gap : own) {
    const auto as_large = std::count_if(largest.begin(), largest.end(),
                                        [&](double one) { return one >= std::abs(gap.score()) - 1e-9; });
    result.slices.push_back({gap.pictures,
                             gap.wrong_a,
                             gap.wrong_b,
                             gap.gap(),
                             static_cast<double>(as_large) / static_cast<double>(all.size()),
                             classes_in(gap.pictures, seen.gold),
                             {}});
  }
  if (!result.slices.empty()) result.chance = result.slices[0].chance;
  name(seen, search, result.slices);
  return result;
}

}  // namespace dew::compare
