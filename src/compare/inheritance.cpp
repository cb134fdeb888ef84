// What becomes of the teacher's mistakes in the nets that it taught.
#include <algorithm>
#include <map>

#include "compare/findings.h"
#include "compare/means.h"

namespace dew::compare {
namespace {

/// Which of an arm's answers repeat, smooth away or add mistakes, as means: in this order.
struct Fates {
  Means::Id repeated, smoothed, added;
};

Fates fates_of(const Said& said, const Observed& seen, const std::vector<float>& wrong,
               const std::vector<float>& right, Means& means) {
  const auto repeats = where(said, [&](size_t i, int one) { return one == seen.label_a[i]; });
  const Right correct = right_of(said, seen.gold);
  const auto errs = where(said, [&](size_t i, int one) { return one != seen.gold[i]; });
  const Fates fates{means.mean(repeats, wrong), means.mean(correct, wrong), means.mean(errs, right)};
  for (const auto one : {fates.repeated, fates.smoothed, fates.added}) means.figure(one);
  return fates;
}

double share_saying(const Said& said, const std::vector<size_t>& pictures, int answer) {
  if (said.empty()) return 0;
  double count = 0;
  for (const auto& net : said)
    for (const size_t i : pictures) count += net[i] == answer ? 1 : 0;
  return count / static_cast<double>(said.size() * pictures.size());
}

std::vector<ConfusionPair> pairs_of(const Observed& seen) {
  std::map<std::pair<int, int>, std::vector<size_t>> pictures;
  for (size_t i = 0; i < seen.gold.size(); ++i)
    if (seen.label_a[i] >= 0 && seen.label_a[i] != seen.gold[i])
      pictures[{seen.gold[i], seen.label_a[i]}].push_back(i);
  std::vector<ConfusionPair> pairs;
  for (const auto& [key, own] : pictures)
    pairs.push_back({key.first, key.second, std::ssize(own), share_saying(seen.a, own, key.second),
                     share_saying(seen.b, own, key.second), share_saying(seen.noise, own, key.second)});
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const auto& one, const auto& other) { return one.pictures > other.pictures; });
  return pairs;
}

}  // namespace

Inheritance inheritance_of(const Observed& seen, uint64_t seed) {
  std::vector<float> wrong;
  std::vector<float> right;
  for (size_t i = 0; i < seen.gold.size(); ++i) {
    wrong.push_back(seen.label_a[i] >= 0 && seen.label_a[i] != seen.gold[i] ? 1.0F : 0.0F);
    right.push_back(seen.label_a[i] == seen.gold[i] ? 1.0F : 0.0F);
  }
  Inheritance result;
  result.wrong = std::count(wrong.begin(), wrong.end(), 1.0F);
  result.right = std::count(right.begin(), right.end(), 1.0F);
  Means means;
  const Fates a = fates_of(seen.a, seen, wrong, right, means);
  const Fates b = fates_of(seen.b, seen, wrong, right, means);
  const Fates noise = fates_of(seen.noise.empty() ? seen.b : seen.noise, seen, wrong, right, means);
  means.difference(a.repeated, noise.repeated);
  means.difference(a.repeated, b.repeated);
  const auto told = means.told(seen.group, seen.a.size(), seed);
  result.repeated_a = told[0];
  result.smoothed_a = told[1];
  result.added_a = told[2];
  result.repeated_b = told[3];
  result.smoothed_b = told[4];
  result.added_b = told[5];
  if (!seen.noise.empty()) {
    result.repeated_noise = told[6];
    result.smoothed_noise = told[7];
    result.added_noise = told[8];
    result.beyond_noise = told[9];
  }
  result.beyond_b = told[10];
  result.pairs = pairs_of(seen);
  return result;
}

}  // namespace dew::compare
