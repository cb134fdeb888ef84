// First samples of groups are found by bands of their hashes: of bits + 1 bands one must be equal.
#include "label/near_groups.h"

#include <unordered_map>

#include "media/hash.h"

namespace dew::label {
namespace {

constexpr int kHashBits = 64;

class Firsts {
 public:
  explicit Firsts(int bits) : bits_(bits), bands_(static_cast<size_t>(bits) + 1) {}

  /// The group that the hash is nearest to, the earliest of several; -1: none is within `bits`.
  [[nodiscard]] int64_t nearest(uint64_t hash) const {
    int64_t found = -1;
    int least = bits_ + 1;
    for (size_t band = 0; band < bands_.size(); ++band) {
      const auto there = bands_[band].find(part(hash, band));
      if (there == bands_[band].end()) continue;
      for (const int64_t group : there->second) {
        const int apart = hash_distance(hashes_[static_cast<size_t>(group)], hash);
        if (apart < least || (apart == least && group < found)) least = apart, found = group;
      }
    }
    return found;
  }
  void add(uint64_t hash) {
    const auto group = static_cast<int64_t>(hashes_.size());
    hashes_.push_back(hash);
    for (size_t band = 0; band < bands_.size(); ++band) bands_[band][part(hash, band)].push_back(group);
  }

 private:
  [[nodiscard]] uint64_t part(uint64_t hash, size_t band) const {
    const size_t from = band * kHashBits / bands_.size();
    const size_t width = (band + 1) * kHashBits / bands_.size() - from;
    return width == kHashBits ? hash : hash >> from & ((uint64_t{1} << width) - 1);
  }

  int bits_;
  std::vector<uint64_t> hashes_;  ///< of the first sample of each group
  std::vector<std::unordered_map<uint64_t, std::vector<int64_t>>> bands_;
};

}  // namespace

std::vector<std::vector<int64_t>> near_groups(const std::vector<std::pair<int64_t, uint64_t>>& hashed,
                                              int bits) {
  Firsts firsts(bits);
  std::vector<std::vector<int64_t>> all;
  for (const auto& [sample, hash] : hashed) {
    if (const int64_t group = firsts.nearest(hash); group >= 0) {
      all[static_cast<size_t>(group)].push_back(sample);
      continue;
    }
    firsts.add(hash);
    all.push_back({sample});
  }
  std::vector<std::vector<int64_t>> several;
  for (auto& group : all)
    if (group.size() > 1) several.push_back(std::move(group));
  return several;
}

}  // namespace dew::label
