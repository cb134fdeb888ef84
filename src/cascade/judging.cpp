#include "cascade/judging.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace dew::cascade {
namespace {

double length_of(const Recording& recording) {
  if (recording.seconds.size() < 2) return 0;
  const auto frames = static_cast<double>(recording.seconds.size());
  return (recording.seconds.back() - recording.seconds.front()) * frames / (frames - 1);
}

/// A trigger's event begins at `at`: what it is to the truth. `found` by true event.
void count_begin(double at, const std::vector<TrueEvent>& truth, std::vector<bool>& found, Judgement& sum) {
  ++sum.told;
  bool within_one = false;
  for (size_t i = 0; i < truth.size(); ++i) {
    if (at < truth[i].start - kSlack || at > truth[i].end + kSlack) continue;
    within_one = true;
    if (found[i]) continue;
    found[i] = true;
    ++sum.found;
    sum.delays.push_back(std::max(0.0, at - truth[i].start));
    return;
  }
  ++(within_one ? sum.repeated : sum.false_ones);
}

}  // namespace

Judgement& Judgement::operator+=(const Judgement& other) {
  truth += other.truth;
  found += other.found;
  told += other.told;
  false_ones += other.false_ones;
  repeated += other.repeated;
  frames += other.frames;
  seconds += other.seconds;
  empty_seconds += other.empty_seconds;
  delays.insert(delays.end(), other.delays.begin(), other.delays.end());
  return *this;
}

double Judgement::recall() const {
  return truth == 0 ? 1 : static_cast<double>(found) / static_cast<double>(truth);
}

double Judgement::false_an_hour() const {
  constexpr double kHour = 3600;
  return empty_seconds <= 0 ? 0 : static_cast<double>(false_ones) * kHour / empty_seconds;
}

double Judgement::median_delay() const {
  if (delays.empty()) return 0;
  std::vector<double> sorted = delays;
  const auto middle = sorted.begin() + std::ssize(sorted) / 2;
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

Judgement judge(const Recording& recording, const Rule& rule) {
  Judgement sum;
  sum.truth = std::ssize(recording.truth);
  sum.frames = std::ssize(recording.scores);
  sum.seconds = length_of(recording);
  sum.empty_seconds = sum.seconds;
  for (const TrueEvent& one : recording.truth) sum.empty_seconds -= one.end - one.start;
  sum.empty_seconds = std::max(0.0, sum.empty_seconds);
  std::vector<bool> found(recording.truth.size());
  Trigger trigger(rule);
  for (size_t i = 0; i < recording.scores.size(); ++i)
    if (trigger.push(recording.scores[i], recording.seconds[i]) == Change::kBegins)
      count_begin(recording.seconds[i], recording.truth, found, sum);
  return sum;
}

Judgement judge(const std::vector<Recording>& recordings, const Rule& rule) {
  Judgement sum;
  for (const Recording& one : recordings) sum += judge(one, rule);
  return sum;
}

std::vector<Rule> candidate_rules(const Rule& like) {
  constexpr std::array<std::pair<int, int>, 8> kCounts = {
      {{1, 1}, {2, 2}, {2, 3}, {3, 3}, {3, 5}, {4, 6}, {5, 8}, {8, 12}}};
  constexpr std::array kOff = {0.4, 0.6, 0.8, 1.0};  // of `on`
  constexpr std::array kRests = {0.0, 1.0, 2.0, 5.0};
  std::vector<Rule> rules;
  for (const auto& [n, m] : kCounts)
    for (const double off : kOff)
      for (const double rest : kRests)
        for (int step = 4; step <= 99; ++step) {  // hundredths: neighbours in the list are neighbours in `on`
          const double on = step / 100.0;
          rules.push_back({like.event_class, on, on * off, n, m, rest, like.quiet});
        }
  return rules;
}

std::vector<JudgedRule> judge_candidates(const std::vector<Recording>& recordings, const Rule& like) {
  std::vector<JudgedRule> judged;
  for (const Rule& rule : candidate_rules(like)) judged.push_back({rule, judge(recordings, rule)});
  return judged;
}

std::vector<JudgedRule> frontier_of(const std::vector<JudgedRule>& judged) {
  std::vector<JudgedRule> order = judged;
  std::stable_sort(order.begin(), order.end(), [](const JudgedRule& a, const JudgedRule& b) {
    return std::pair(a.judgement.told, -a.judgement.found) < std::pair(b.judgement.told, -b.judgement.found);
  });
  std::vector<JudgedRule> frontier;
  for (JudgedRule& one : order)
    if (one.judgement.found > (frontier.empty() ? 0 : frontier.back().judgement.found))
      frontier.push_back(std::move(one));
  return frontier;
}

JudgedRule best_rule(const std::vector<Recording>& recordings, const Rule& like, double wanted_recall) {
  return best_of(judge_candidates(recordings, like), wanted_recall);
}

JudgedRule best_of(const std::vector<JudgedRule>& judged, double wanted_recall) {
  using Key = std::tuple<double, int64_t, int64_t, double>;  // the smaller the better
  const auto key_of = [&](const Judgement& one) {
    return Key{std::max(0.0, wanted_recall - one.recall()), one.false_ones, one.repeated, one.median_delay()};
  };
  const auto less = [&](const JudgedRule& a, const JudgedRule& b) {
    return key_of(a.judgement) < key_of(b.judgement);
  };
  const auto best = std::min_element(judged.begin(), judged.end(), less);
  const Key reached = key_of(best->judgement);
  // The longest row of neighbouring scores that do as well.
  std::ptrdiff_t longest = 0;
  std::ptrdiff_t row = 0;
  auto middle = best;
  for (auto one = judged.begin(); one != judged.end(); ++one) {
    const bool next_score = one != judged.begin() && one->rule.on > (one - 1)->rule.on;
    if (key_of(one->judgement) != reached) {
      row = 0;
      continue;
    }
    row = next_score ? row + 1 : 1;
    if (row <= longest) continue;
    longest = row;
    middle = one - row / 2;
  }
  return *middle;
}

}  // namespace dew::cascade
