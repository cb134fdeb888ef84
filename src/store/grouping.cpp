#include "store/grouping.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <string_view>
#include <tuple>

#include "store/shots.h"
#include "store/split.h"
#include "store/stratify.h"

namespace dew::store {
namespace {

constexpr int kNearlyTheSame = 2;  // bits: of hashes of one picture, scaled or compressed anew

/// Which pictures are one group.
class Groups {
 public:
  explicit Groups(size_t count) : parents_(count) { std::iota(parents_.begin(), parents_.end(), size_t{0}); }
  size_t of(size_t picture) {
    while (parents_[picture] != picture) {
      parents_[picture] = parents_[parents_[picture]];
      picture = parents_[picture];
    }
    return picture;
  }
  void join(size_t a, size_t b) {
    const auto [first, second] = std::minmax({of(a), of(b)});
    parents_[second] = first;
  }

 private:
  std::vector<size_t> parents_;
};

/// How far the pictures on both sides of a cut before `at` are from each other, at least.
int gap_at(const Sequence& sequence, size_t at) {
  constexpr size_t kReach = 3;
  int least = 64;
  for (size_t before = at - std::min(at, kReach); before < at; ++before)
    for (size_t after = at; after < std::min(sequence.size(), at + kReach); ++after)
      least = std::min(least, distance(*sequence[before], *sequence[after]).value_or(0));
  return least;
}

/// The place for a cut, at most `reach` from `target`, where the pictures change most; `target` itself where
/// one side is empty.
size_t best_cut(const Sequence& sequence, size_t target, size_t reach) {
  if (target == 0 || target >= sequence.size()) return target;
  const auto off = [&](size_t at) { return at < target ? target - at : at - target; };
  size_t best = target;
  int widest = gap_at(sequence, target);
  const size_t last = std::min(sequence.size() - 1, target + reach);
  for (size_t at = std::max<size_t>(1, target - std::min(target, reach)); at <= last; ++at) {
    const int gap = gap_at(sequence, at);
    if (gap < widest || (gap == widest && off(at) >= off(best))) continue;
    widest = gap;
    best = at;
  }
  return best;
}

/// The draws of all pictures, group by group.
class Drawing {
 public:
  Drawing(const std::vector<Gathered>& all, double test_share, double validation_share)
      : all_(all),
        test_share_(test_share),
        validation_share_(validation_share),
        splits_(all.size()),
        groups_(all.size()),
        alike_(all.size()) {
    for (size_t i = 0; i < all.size(); ++i) splits_[i] = all[i].split;
    fresh_ = static_cast<size_t>(std::count(splits_.begin(), splits_.end(), std::nullopt));
  }

  Grouping draw() {
    take_series();
    take_bursts();
    take_shots();
    take_alike();
    draw_groups();
    Grouping result;
    result.grouped = grouped_;
    for (const auto& split : splits_) result.splits.push_back(split.value_or(Split::kTrain));
    return result;
  }

 private:
  [[nodiscard]] size_t index_of(const Gathered* picture) const {
    return static_cast<size_t>(picture - all_.data());
  }
  [[nodiscard]] bool is_fresh(size_t picture) const { return !all_[picture].split.has_value(); }
  [[nodiscard]] bool is_open(size_t picture) const { return !splits_[picture].has_value(); }

  void take_series() {
    for (const Sequence& sequence : find_series(all_)) {
      const auto fresh = std::count_if(sequence.begin(), sequence.end(),
                                       [&](const Gathered* one) { return is_fresh(index_of(one)); });
      if (fresh == 0) continue;
      ++grouped_.series;
      grouped_.series_pictures += fresh;
      if (sequence.size() >= kShortestSeries)
        split_between(sequence);
      else
        join(sequence);
    }
  }

  /// What is new of a series. Pictures between those that have a split take that of the nearer; what follows
  /// them is a series of its own.
  void split_between(const Sequence& sequence) {
    const auto has_split = [&](const Gathered* one) { return one->split.has_value(); };
    for (auto first = sequence.begin(); first != sequence.end();) {
      if (has_split(*first)) {
        ++first;
        continue;
      }
      const auto last = std::find_if(first, sequence.end(), has_split);
      const Sequence run(first, last);
      const auto before = first == sequence.begin() ? std::nullopt : (*(first - 1))->split;
      const auto after = last == sequence.end() ? std::nullopt : (*last)->split;
      if (before && after)
        set_both(run, *before, *after);
      else if (run.size() >= kShortestSeries || (!before && !after))
        split_in_parts(run);
      else
        set_both(run, before ? *before : *after, before ? *before : *after);
      first = last;
    }
  }

  void set_both(const Sequence& run, Split before, Split after) {
    const size_t middle = before == after ? run.size() : best_cut(run, run.size() / 2, run.size());
    for (size_t i = 0; i < run.size(); ++i) splits_[index_of(run[i])] = i < middle ? before : after;
  }

  /// As a video's frames, each cut moved a little, to where the pictures change most. Validation, the
  /// smallest part, keeps two thirds of its size or more.
  void split_in_parts(const Sequence& run) {
    const SplitPoints drawn =
        split_in_order(static_cast<int64_t>(run.size()), test_share_, validation_share_);
    const auto test = static_cast<size_t>(drawn.test_from);
    const size_t validates = test - static_cast<size_t>(drawn.validation_from);
    const size_t reach = std::max<size_t>(1, run.size() / 20);
    const size_t test_from = best_cut(run, test, reach);
    const size_t before_test = test_from - std::min(test_from, validates);
    const size_t validation_from =
        validates == 0 ? test_from : best_cut(run, before_test, std::min(reach, validates / 3));
    const SplitPoints points{static_cast<int64_t>(validation_from), static_cast<int64_t>(test_from)};
    for (size_t i = 0; i < run.size(); ++i) splits_[index_of(run[i])] = points.of(static_cast<int64_t>(i));
  }

  /// One group; where some of it has a split, the others take that.
  void join(const Sequence& pictures) {
    std::optional<size_t> first;
    std::optional<size_t> decided;
    for (const Gathered* one : pictures) {
      const size_t picture = index_of(one);
      if (!is_open(picture)) {
        decided = decided.value_or(picture);
        continue;
      }
      if (first) groups_.join(*first, picture);
      first = first.value_or(picture);
    }
    if (first && decided) anchors_[*first].push_back({0, *decided});
  }

  void take_bursts() {
    constexpr int64_t kApart = 2000;  // milliseconds
    constexpr size_t kLongest = 100;  // more are no burst: a clock that stands, or times set by a program
    std::map<std::pair<std::string_view, std::string_view>, Sequence> cameras;
    for (const Gathered& one : all_)
      if (one.taken != Gathered::kNoTime) cameras[{one.folder, one.camera}].push_back(&one);
    for (auto& [camera, photos] : cameras) {
      std::stable_sort(photos.begin(), photos.end(),
                       [](const Gathered* a, const Gathered* b) { return a->taken < b->taken; });
      for (auto first = photos.begin(); first != photos.end();) {
        auto last = first + 1;
        while (last != photos.end() && (*last)->taken - (*(last - 1))->taken <= kApart) ++last;
        if (last - first <= static_cast<ptrdiff_t>(kLongest)) take_burst({first, last});
        first = last;
      }
    }
  }

  void take_shots() {
    for (const Sequence& shot : find_shots(all_)) take_burst(shot);
  }

  void take_burst(const Sequence& photos) {
    const auto open = std::count_if(photos.begin(), photos.end(),
                                    [&](const Gathered* one) { return is_open(index_of(one)); });
    if (photos.size() < 2 || open == 0) return;
    ++grouped_.bursts;
    grouped_.burst_pictures += open;
    join(photos);
  }

  /// Pictures of one hash: a range of by_hash_, those first that are still to be given a split.
  struct Same {
    uint64_t hash = 0;
    uint32_t begin = 0;
    uint32_t decided = 0;  ///< where those begin that have one
    uint32_t end = 0;
    [[nodiscard]] bool any_open() const { return begin < decided; }
    [[nodiscard]] bool any_decided() const { return decided < end; }
  };

  std::vector<Same> same_hashes() {
    for (uint32_t i = 0; i < all_.size(); ++i)
      if (distance(all_[i], all_[i])) by_hash_.push_back(i);  // flat ones tell nothing
    const auto key = [&](uint32_t i) { return std::tuple(all_[i].hash.hash, !is_open(i), i); };
    std::sort(by_hash_.begin(), by_hash_.end(), [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
    std::vector<Same> list;
    for (uint32_t at = 0; at < by_hash_.size(); ++at) {
      const uint64_t hash = all_[by_hash_[at]].hash.hash;
      if (list.empty() || list.back().hash != hash) list.push_back({hash, at, at, at});
      list.back().end = at + 1;
      if (is_open(by_hash_[at])) list.back().decided = at + 1;
    }
    return list;
  }

  void take_alike() {
    std::vector<Same> hashes = same_hashes();
    for (const Same& same : hashes) link(same, same);
    // Of three parts of a hash, one is the same where at most two bits differ.
    static_assert(kNearlyTheSame == 2);
    constexpr std::array kParts{uint64_t{0x1FFFFF}, uint64_t{0x3FFFFF} << 21, uint64_t{0x1FFFFF} << 43};
    for (const uint64_t part : kParts) {
      std::sort(hashes.begin(), hashes.end(), [part](const Same& a, const Same& b) {
        return std::pair(a.hash & part, a.hash) < std::pair(b.hash & part, b.hash);
      });
      for (size_t i = 0; i < hashes.size(); ++i)
        for (size_t j = i + 1; j < hashes.size() && (hashes[j].hash & part) == (hashes[i].hash & part); ++j)
          if (hash_distance(hashes[i].hash, hashes[j].hash) <= kNearlyTheSame) link(hashes[i], hashes[j]);
    }
    grouped_.alike = std::count(alike_.begin(), alike_.end(), true);
  }

  void link(const Same& a, const Same& b) {
    if (!a.any_open() && !b.any_open()) return;
    const bool several = &a != &b || a.decided - a.begin + (a.any_decided() ? 1 : 0) > 1;
    if (!several) return;
    const auto mark = [&](const Same& one) {
      for (uint32_t at = one.begin; at < one.decided; ++at) alike_[by_hash_[at]] = true;
    };
    mark(a);
    mark(b);
    const int apart = hash_distance(a.hash, b.hash);
    if (a.any_open())
      for (uint32_t at = b.begin; at < b.decided; ++at) groups_.join(by_hash_[a.begin], by_hash_[at]);
    if (a.any_open() && b.any_decided()) anchor(a, b, apart);
    if (b.any_open() && a.any_decided()) anchor(b, a, apart);
  }

  void anchor(const Same& open, const Same& decided, int apart) {
    anchors_[by_hash_[open.begin]].push_back({apart, by_hash_[decided.decided]});
  }

  void draw_groups() {
    std::vector<std::pair<uint32_t, uint32_t>> members;  // group and picture
    for (uint32_t i = 0; i < all_.size(); ++i)
      if (is_open(i)) members.emplace_back(static_cast<uint32_t>(groups_.of(i)), i);
    std::sort(members.begin(), members.end());
    std::map<size_t, Anchor> nearest;
    for (const auto& [picture, anchors] : anchors_) {
      if (!is_open(picture)) continue;
      const Anchor least = *std::min_element(anchors.begin(), anchors.end());
      const auto [known, first] = nearest.emplace(groups_.of(picture), least);
      if (!first) known->second = std::min(known->second, least);
    }
    for (auto first = members.begin(); first != members.end();) {
      const auto last =
          std::find_if(first, members.end(), [&](const auto& one) { return one.first != first->first; });
      Sequence pictures;
      for (auto at = first; at != last; ++at) pictures.push_back(&all_[at->second]);
      const auto anchor = nearest.find(first->first);
      if (anchor != nearest.end())
        set_both(pictures, *splits_[anchor->second.second], *splits_[anchor->second.second]);
      else
        draw_group(pictures);
      first = last;
    }
    draw_strata();
  }

  void draw_strata() {
    Strata strata(test_share_, validation_share_);
    for (const auto& [answer, groups] : strata_) {
      std::vector<Unit> units;
      for (const Sequence& pictures : groups) units.push_back({lot_of(pictures), pictures.size()});
      const std::vector<Split> splits = strata.draw(units);
      for (size_t i = 0; i < groups.size(); ++i) set_both(groups[i], splits[i], splits[i]);
    }
  }

  /// The one whose draw counts for all.
  static const Gathered& first_of(const Sequence& pictures) {
    return **std::min_element(pictures.begin(), pictures.end(),
                              [](const Gathered* a, const Gathered* b) { return a->lot < b->lot; });
  }

  /// The draw of a group. Of several lots the least is a low one: taken as it is, most groups would test.
  static uint64_t lot_of(const Sequence& pictures) {
    uint64_t lot = first_of(pictures).lot;
    if (pictures.size() == 1) return lot;
    lot = (lot ^ (lot >> 30)) * 0xBF58476D1CE4E5B9ULL;  // SplitMix64's finaliser (Steele et al. 2014)
    lot = (lot ^ (lot >> 27)) * 0x94D049BB133111EBULL;
    return lot ^ (lot >> 31);
  }

  /// A group that is a large part of all would leave a split empty: it is split in its order.
  void draw_group(Sequence& pictures) {
    constexpr size_t kLargest = 20;
    if (pictures.size() > std::max(kLargest, fresh_ / 10)) {
      std::sort(pictures.begin(), pictures.end(), [](const Gathered* a, const Gathered* b) {
        if (a->taken != b->taken) return a->taken < b->taken;
        return comes_before(*a, *b);
      });
      split_in_parts(pictures);
      return;
    }
    const Gathered& first = first_of(pictures);
    if (!first.answer.empty()) {
      strata_[first.answer].push_back(pictures);
      return;
    }
    // A group that is most of a new project trains: without it nothing does.
    const bool most = pictures.size() > 1 && fresh_ == all_.size() && 2 * pictures.size() > fresh_;
    const Split split =
        most ? Split::kTrain : draw_still(lot_of(pictures), test_share_, validation_share_).of(0);
    set_both(pictures, split, split);
  }

  /// A picture with a split, which a group takes over: the bits that they differ in, and its index.
  using Anchor = std::pair<int, size_t>;

  const std::vector<Gathered>& all_;
  double test_share_;
  double validation_share_;
  size_t fresh_ = 0;
  std::vector<std::optional<Split>> splits_;
  Groups groups_;
  std::map<size_t, std::vector<Anchor>> anchors_;
  std::vector<uint32_t> by_hash_;  ///< pictures, for same_hashes()
  std::vector<bool> alike_;
  std::map<std::string_view, std::vector<Sequence>> strata_;  ///< by class, to be drawn once all are there
  Grouped grouped_;
};

}  // namespace

Grouping group(const std::vector<Gathered>& all, double test_share, double validation_share) {
  return Drawing(all, test_share, validation_share).draw();
}

}  // namespace dew::store
