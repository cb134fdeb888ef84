#include "store/series.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "store/grouping.h"
#include "store/shots.h"

namespace dew::store {
namespace {

// Measured on frames of fixed and moving cameras, 0.2 to 1 s apart: neighbours differ in 1 to 4 bits
// (median), nine of ten in at most 11; pictures of the same folder at random in 8 to 24. Separate photographs
// of one kind of thing differ in 20 to 32, one of ten in less than 13 to 26.
constexpr int kAlike = 10;
constexpr int kAlikeInSeries = 12;
constexpr int kAlikeInRun = 8;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// What a path's numbers leave of it, and the numbers in a form that sorts as people count: each as its
/// length without leading zeros, then its digits.
struct Numbered {
  std::string pattern;  ///< the path with '/' for each number of the file's name
  std::string numbers;
  size_t last_at = 0;  ///< where the last number begins
};

Numbered numbered(const Gathered& picture) {
  const std::string_view name = picture.name;
  const size_t extension = std::min(name.rfind('.'), name.size());
  const size_t end = std::min(tile_at(name), extension);  // one place in all frames is one series
  Numbered result{std::string(picture.folder), {}, 0};
  for (size_t at = 0; at < end;) {
    if (!is_digit(name[at])) {
      result.pattern += name[at++];
      continue;
    }
    while (at + 1 < end && name[at] == '0' && is_digit(name[at + 1])) ++at;
    const size_t from = at;
    while (at < end && is_digit(name[at])) ++at;
    result.pattern += '/';  // that no name holds
    result.last_at = result.numbers.size();
    result.numbers += static_cast<char>(static_cast<unsigned char>(std::min<size_t>(at - from, 255)));
    result.numbers += name.substr(from, at - from);
  }
  result.pattern += lower(name.substr(end));
  return result;
}

struct Member {
  const Gathered* picture;
  std::string_view numbers;
  size_t last_at;
};

bool are_alike(const Gathered& a, const Gathered& b, int bits) {
  const auto apart = distance(a, b);
  return apart && *apart <= bits;
}

/// Cut where a number other than the last changes and the picture with it: clip2_001.jpg follows
/// clip1_099.jpg in another recording, but 10-01-00.jpg follows 10-00-59.jpg in the same.
std::vector<Sequence> cut_by_numbers(const std::vector<Member>& members) {
  std::vector<Sequence> parts;
  for (size_t i = 0; i < members.size(); ++i) {
    const auto& now = members[i];
    bool fresh = i == 0;
    if (i > 0) {
      const auto& before = members[i - 1];
      const bool carried = now.numbers.substr(0, now.last_at) !=
                           before.numbers.substr(0, std::min(now.last_at, before.last_at));
      fresh = carried && !are_alike(*before.picture, *now.picture, kAlike);
    }
    if (fresh) parts.emplace_back();
    parts.back().push_back(now.picture);
  }
  return parts;
}

int median(std::vector<int> values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

constexpr size_t kProbes = 500;

/// How far pictures at random are from each other (median); nullopt: too few tell.
std::optional<int> distance_at_random(const Sequence& sequence) {
  uint64_t state = 1;  // of a linear congruential generator: the same answer every time
  const auto draw = [&] {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<size_t>(state >> 33) % sequence.size();
  };
  std::vector<int> found;
  for (size_t i = 0; i < std::min(sequence.size(), kProbes); ++i) {
    const size_t one = draw();
    const size_t other = draw();
    if (one == other) continue;
    if (const auto apart = distance(*sequence[one], *sequence[other])) found.push_back(*apart);
  }
  if (sequence.size() < kShortestSeries || found.empty()) return std::nullopt;
  return median(std::move(found));
}

/// Whether neighbours look alike, and more so than pictures at random; with a camera that stands still those
/// look alike too, and neighbours are nearly the same.
bool looks_recorded(const Sequence& sequence, int at_random) {
  constexpr int kNearlyTheSame = 4;
  const size_t pairs = sequence.size() - 1;
  const size_t probes = std::min(pairs, kProbes);
  std::vector<int> near;
  for (size_t i = 0; i < probes; ++i) {
    const size_t at = i * pairs / probes;
    if (const auto apart = distance(*sequence[at], *sequence[at + 1])) near.push_back(*apart);
  }
  if (near.size() * 2 <= probes) return false;
  const auto alike = std::count_if(near.begin(), near.end(), [](int bits) { return bits <= kAlikeInSeries; });
  const bool mostly = alike * 4 >= std::ssize(near) * 3;
  const int of_neighbours = median(std::move(near));
  const bool nearer = of_neighbours <= kNearlyTheSame || of_neighbours * 4 <= at_random * 3;
  return mostly && nearer && of_neighbours <= kAlike;
}

/// Stretches in which each picture looks like the one before it.
void add_runs(const Sequence& sequence, int bits, std::vector<Sequence>& series) {
  for (size_t first = 0; first < sequence.size();) {
    size_t last = first + 1;
    while (last < sequence.size() && are_alike(*sequence[last - 1], *sequence[last], bits)) ++last;
    if (last - first > 1)
      series.emplace_back(sequence.begin() + static_cast<ptrdiff_t>(first),
                          sequence.begin() + static_cast<ptrdiff_t>(last));
    first = last;
  }
}

/// The sequence as a whole, or what is recorded in it.
void add_series(Sequence sequence, std::vector<Sequence>& series) {
  const auto at_random = distance_at_random(sequence);
  if (at_random && looks_recorded(sequence, *at_random))
    series.push_back(std::move(sequence));
  else  // where all pictures look alike somewhat, neighbours must do so more
    add_runs(sequence, std::min(kAlikeInRun, at_random.value_or(64) / 3), series);
}

/// Files of one pattern.
void add_series_of(std::vector<Member>& members, std::vector<Sequence>& series) {
  std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
    return std::tie(a.numbers, a.picture->source) < std::tie(b.numbers, b.picture->source);
  });
  for (Sequence& part : cut_by_numbers(members)) add_series(std::move(part), series);
}

}  // namespace

std::optional<int> distance(const Gathered& a, const Gathered& b) {
  constexpr int kLeastDetail = 16;
  if (std::min(a.hash.detail, b.hash.detail) < kLeastDetail) return std::nullopt;
  return hash_distance(a.hash.hash, b.hash.hash);
}

bool comes_before(const Gathered& a, const Gathered& b) {
  const Numbered one = numbered(a);
  const Numbered other = numbered(b);
  return std::tie(one.pattern, one.numbers, a.source) < std::tie(other.pattern, other.numbers, b.source);
}

std::vector<Sequence> find_series(const std::vector<Gathered>& all) {
  Texts texts;
  SharedTexts patterns;
  std::map<std::string_view, std::vector<Member>> by_pattern;
  for (const Gathered& one : all) {
    if (one.clip) continue;
    const Numbered name = numbered(one);
    if (name.numbers.empty()) continue;
    by_pattern[patterns.keep(name.pattern)].push_back({&one, texts.keep(name.numbers), name.last_at});
  }
  std::vector<Sequence> series;
  for (auto& [pattern, members] : by_pattern) add_series_of(members, series);
  return series;
}

}  // namespace dew::store
