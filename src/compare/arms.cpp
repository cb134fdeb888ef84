#include "compare/arms.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "compare/random.h"

namespace dew::compare {

std::vector<int> matched_noise(const std::vector<int>& people, const std::vector<int>& other,
                               const std::vector<int>& stratum, uint64_t seed) {
  std::map<std::pair<int, int>, std::vector<size_t>> together;
  for (size_t i = 0; i < people.size(); ++i)
    if (people[i] >= 0 && other[i] >= 0) together[{people[i], stratum[i]}].push_back(i);
  std::vector<int> labels = other;
  Random random(seed);
  for (const auto& [key, places] : together) {
    std::vector<int> dealt;
    for (const size_t i : places) dealt.push_back(other[i]);
    shuffle(dealt, random);
    for (size_t i = 0; i < places.size(); ++i) labels[places[i]] = dealt[i];
  }
  return labels;
}

std::vector<size_t> part_of(const std::vector<size_t>& pictures, const std::vector<int>& label, double share,
                            uint64_t seed) {
  std::map<int, std::vector<size_t>> by_class;
  for (const size_t i : pictures) by_class[label[i]].push_back(i);
  std::vector<size_t> part;
  Random random(seed);
  for (auto& [answer, places] : by_class) {
    shuffle(places, random);
    const auto wanted = static_cast<size_t>(std::llround(share * static_cast<double>(places.size())));
    const size_t count = std::clamp<size_t>(wanted, 1, places.size());
    part.insert(part.end(), places.begin(), places.begin() + static_cast<std::ptrdiff_t>(count));
  }
  std::sort(part.begin(), part.end());
  return part;
}

std::vector<int> reviewed_labels(std::vector<int> labels, const std::vector<int>& people,
                                 const std::vector<size_t>& reviewed) {
  for (const size_t i : reviewed)
    if (people[i] >= 0) labels[i] = people[i];
  return labels;
}

}  // namespace dew::compare
