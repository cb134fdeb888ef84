#include "store/grouping.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

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
      least = std::min(least, distance(sequence[before]->look, sequence[after]->look).value_or(0));
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
        anchors_(all.size()) {
    for (size_t i = 0; i < all.size(); ++i) splits_[i] = all[i].split;
    fresh_ = static_cast<size_t>(std::count(splits_.begin(), splits_.end(), std::nullopt));
  }

  Grouping draw() {
    take_series();
    take_bursts();
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
    std::map<std::pair<std::string, std::string>, std::vector<const Gathered*>> cameras;
    for (const Gathered& one : all_)
      if (one.look.taken)
        cameras[{one.path.substr(0, one.path.rfind('/') + 1), one.look.camera}].push_back(&one);
    for (auto& [camera, photos] : cameras) {
      std::stable_sort(photos.begin(), photos.end(),
                       [](const Gathered* a, const Gathered* b) { return *a->look.taken < *b->look.taken; });
      for (auto first = photos.begin(); first != photos.end();) {
        auto last = first + 1;
        while (last != photos.end() && *(*last)->look.taken - *(*(last - 1))->look.taken <= kApart) ++last;
        if (last - first <= static_cast<ptrdiff_t>(kLongest)) take_burst({first, last});
        first = last;
      }
    }
  }

  void take_burst(const Sequence& photos) {
    const auto open = std::count_if(photos.begin(), photos.end(),
                                    [&](const Gathered* one) { return is_open(index_of(one)); });
    if (photos.size() < 2 || open == 0) return;
    ++grouped_.bursts;
    grouped_.burst_pictures += open;
    join(photos);
  }

  /// Pictures of one hash.
  struct Same {
    uint64_t hash = 0;
    std::vector<size_t> open;       ///< still to be given a split
    std::optional<size_t> decided;  ///< the first of those that have one
  };

  [[nodiscard]] std::vector<Same> by_hash() const {
    std::map<uint64_t, Same> hashes;
    for (size_t i = 0; i < all_.size(); ++i) {
      if (!distance(all_[i].look, all_[i].look)) continue;  // flat
      Same& same = hashes[all_[i].look.hash.hash];
      same.hash = all_[i].look.hash.hash;
      if (is_open(i))
        same.open.push_back(i);
      else
        same.decided = same.decided.value_or(i);
    }
    std::vector<Same> list;
    for (auto& [hash, same] : hashes) list.push_back(std::move(same));
    return list;
  }

  void take_alike() {
    std::vector<Same> hashes = by_hash();
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
    grouped_.alike = std::ssize(alike_);
  }

  void link(const Same& a, const Same& b) {
    if (a.open.empty() && b.open.empty()) return;
    const int apart = hash_distance(a.hash, b.hash);
    const auto mark = [&](const Same& one) { alike_.insert(one.open.begin(), one.open.end()); };
    const bool several = &a != &b || a.open.size() + (a.decided ? 1 : 0) > 1;
    if (!several) return;
    mark(a);
    mark(b);
    if (!a.open.empty() && !b.open.empty())
      for (const size_t picture : b.open) groups_.join(a.open.front(), picture);
    if (!a.open.empty() && b.decided) anchors_[a.open.front()].push_back({apart, *b.decided});
    if (!b.open.empty() && a.decided) anchors_[b.open.front()].push_back({apart, *a.decided});
  }

  void draw_groups() {
    std::map<size_t, Sequence> members;
    std::map<size_t, Anchor> nearest;
    for (size_t i = 0; i < all_.size(); ++i) {
      if (!is_open(i)) continue;
      const size_t group = groups_.of(i);
      members[group].push_back(&all_[i]);
      for (const Anchor& anchor : anchors_[i]) {
        const auto [known, first] = nearest.emplace(group, anchor);
        if (!first) known->second = std::min(known->second, anchor);
      }
    }
    for (auto& [group, pictures] : members) {
      const auto anchor = nearest.find(group);
      if (anchor != nearest.end())
        set_both(pictures, *splits_[anchor->second.second], *splits_[anchor->second.second]);
      else
        draw_group(pictures);
    }
    draw_strata();
  }

  void draw_strata() {
    Strata strata(test_share_, validation_share_);
    for (const auto& [answer, groups] : strata_) {
      std::vector<Unit> units;
      for (const Sequence& pictures : groups) units.push_back({first_of(pictures).sha256, pictures.size()});
      const std::vector<Split> splits = strata.draw(units);
      for (size_t i = 0; i < groups.size(); ++i) set_both(groups[i], splits[i], splits[i]);
    }
  }

  /// By its hash.
  static const Gathered& first_of(const Sequence& pictures) {
    return **std::min_element(pictures.begin(), pictures.end(),
                              [](const Gathered* a, const Gathered* b) { return a->sha256 < b->sha256; });
  }

  /// A group that is a large part of all would leave a split empty: it is split in its order.
  void draw_group(Sequence& pictures) {
    constexpr size_t kLargest = 20;
    if (pictures.size() > std::max(kLargest, fresh_ / 10)) {
      std::sort(pictures.begin(), pictures.end(), [](const Gathered* a, const Gathered* b) {
        if (a->look.taken != b->look.taken) return a->look.taken < b->look.taken;
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
    const Split split = draw_split({}, first.sha256, test_share_, validation_share_).of(0);
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
  std::vector<std::vector<Anchor>> anchors_;
  std::map<std::string, std::vector<Sequence>> strata_;  // by class, to be drawn once all are there
  std::set<size_t> alike_;
  Grouped grouped_;
};

}  // namespace

Grouping group(const std::vector<Gathered>& all, double test_share, double validation_share) {
  return Drawing(all, test_share, validation_share).draw();
}

}  // namespace dew::store
