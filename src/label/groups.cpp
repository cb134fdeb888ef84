// Which samples show nearly the same: they must not be in different folds, or the classifier would have seen
// them.
#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <unordered_map>

#include "label/suspicion.h"
#include "media/idx.h"

namespace dew::label {
namespace {

constexpr int kNearBits = 3;
constexpr int kBands = 4;  // hashes within three bits agree in one of four bands
constexpr int64_t kStretches = 10;

/// Disjoint sets by union and find.
class Sets {
 public:
  explicit Sets(size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), size_t{0}); }
  size_t find(size_t at) {
    while (parent_[at] != at) at = parent_[at] = parent_[parent_[at]];
    return at;
  }
  void join(size_t a, size_t b) { parent_[find(a)] = find(b); }

 private:
  std::vector<size_t> parent_;
};

/// Joins what lies within kNearBits. Of a bucket's many equal hashes only the first stands for all.
void join_near(const std::vector<std::pair<uint64_t, size_t>>& hashed, Sets& sets) {
  std::unordered_map<uint64_t, size_t> first;
  std::vector<std::pair<uint64_t, size_t>> distinct;
  for (const auto& [hash, at] : hashed) {
    const auto [there, fresh] = first.emplace(hash, at);
    if (fresh)
      distinct.emplace_back(hash, at);
    else
      sets.join(there->second, at);
  }
  for (int band = 0; band < kBands; ++band) {
    std::unordered_map<uint64_t, std::vector<std::pair<uint64_t, size_t>>> buckets;
    for (const auto& one : distinct) buckets[one.first >> (16 * band) & 0xffff].push_back(one);
    for (const auto& [key, bucket] : buckets)
      for (size_t i = 0; i < bucket.size(); ++i)
        for (size_t j = i + 1; j < bucket.size(); ++j)
          if (hash_distance(bucket[i].first, bucket[j].first) <= kNearBits)
            sets.join(bucket[i].second, bucket[j].second);
  }
}

/// Frames of a video in order, for the number of the stretch that one lies in.
using Frames = std::map<int64_t, std::vector<int64_t>>;

int64_t stretch(const std::vector<int64_t>& frames, int64_t frame) {
  const auto at = std::lower_bound(frames.begin(), frames.end(), frame) - frames.begin();
  return at * kStretches / static_cast<int64_t>(frames.size());
}

}  // namespace

std::vector<int64_t> fold_groups(const std::vector<Sample>& samples, const std::vector<Source>& sources,
                                 const std::map<int64_t, uint64_t>& hashes) {
  std::set<int64_t> videos;
  for (const Source& source : sources)
    if (source.info.kind == MediaKind::kVideo && source.info.frames_per_second != kUnrelatedFrames)
      videos.insert(source.id);
  Frames frames;
  for (const Sample& sample : samples)
    if (sample.frame && videos.count(sample.source) != 0) frames[sample.source].push_back(*sample.frame);
  for (auto& [source, all] : frames) {
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
  }

  Sets sets(samples.size());
  std::map<std::pair<int64_t, int64_t>, size_t> first;
  std::vector<std::pair<uint64_t, size_t>> stills;
  for (size_t i = 0; i < samples.size(); ++i) {
    const Sample& sample = samples[i];
    const bool still = frames.count(sample.source) == 0 || !sample.frame;
    const int64_t part = still ? sample.frame.value_or(0) : stretch(frames[sample.source], *sample.frame);
    sets.join(i, first.emplace(std::pair(sample.source, part), i).first->second);
    const auto hash = hashes.find(sample.id);
    if (still && hash != hashes.end()) stills.emplace_back(hash->second, i);
  }
  join_near(stills, sets);
  std::vector<int64_t> group;
  group.reserve(samples.size());
  for (size_t i = 0; i < samples.size(); ++i) group.push_back(static_cast<int64_t>(sets.find(i)));
  return group;
}

}  // namespace dew::label
