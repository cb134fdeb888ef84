#include "verbs/cascade/tune_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "student/thresholds.h"

namespace dew::verbs {
namespace {

constexpr double kDay = 86'400;      ///< seconds
constexpr size_t kMostScores = 700;  ///< points of a drawn line

std::string rule_text(const cascade::Rule& rule) {
  return fmt::format("{} of {} frames from {:.2f} on, against it below {:.2f}, rest {} s", rule.n, rule.m,
                     rule.on, rule.off, rule.rest);
}

report::TunePoint point_of(const cascade::Rule& rule, const cascade::Judgement& judged, double usd_a_call,
                           int pictures) {
  report::TunePoint point;
  point.rule = rule_text(rule);
  point.recall = judged.recall();
  point.recall_low = student::lowest_likely_share(judged.found, judged.truth);
  const int64_t right = judged.told - judged.false_ones;
  point.precision = judged.told == 0 ? 0 : static_cast<double>(right) / static_cast<double>(judged.told);
  point.precision_low = student::lowest_likely_share(right, judged.told);
  if (judged.frames > 0)
    point.sent =
        std::min(1.0, static_cast<double>(judged.told * pictures) / static_cast<double>(judged.frames));
  if (judged.seconds > 0) point.events_a_day = static_cast<double>(judged.told) * kDay / judged.seconds;
  point.usd_a_day = point.events_a_day * usd_a_call;
  point.false_an_hour = judged.false_an_hour();
  point.delay = judged.median_delay();
  return point;
}

/// As the rule tells them.
std::vector<std::pair<double, double>> told_by(const cascade::Rule& rule,
                                               const cascade::Recording& recording) {
  std::vector<std::pair<double, double>> told;
  cascade::Trigger trigger(rule);
  for (size_t i = 0; i < recording.scores.size(); ++i) {
    const auto change = trigger.push(recording.scores[i], recording.seconds[i]);
    if (change == cascade::Change::kBegins) told.emplace_back(recording.seconds[i], recording.seconds.back());
    if (change == cascade::Change::kEnds) told.back().second = recording.seconds[i];
  }
  return told;
}

report::TuneScores scores_of(const cascade::Recording& recording, const cascade::Rule& rule) {
  report::TuneScores page;
  page.name = recording.name;
  page.seconds = recording.seconds.empty() ? 0 : recording.seconds.back();
  const size_t points = std::min(kMostScores, recording.scores.size());
  for (size_t i = 0; i < points; ++i) {
    const auto from = recording.scores.begin() +
                      std::ssize(recording.scores) * static_cast<int64_t>(i) / static_cast<int64_t>(points);
    const auto to = recording.scores.begin() +
                    std::ssize(recording.scores) * static_cast<int64_t>(i + 1) / static_cast<int64_t>(points);
    page.scores.push_back(*std::max_element(from, to) / 255.0);
  }
  for (const cascade::TrueEvent& one : recording.truth) page.truth.emplace_back(one.start, one.end);
  page.told = told_by(rule, recording);
  return page;
}

}  // namespace

report::TunePageClass tuned_class(const TunedClass& tuned, const std::vector<cascade::Recording>& recordings,
                                  double usd_a_call, int pictures) {
  report::TunePageClass page;
  page.name = tuned.rule.event_class;
  page.on = tuned.rule.on;
  page.off = tuned.rule.off;
  page.chosen = point_of(tuned.rule, tuned.chosen, usd_a_call, pictures);
  page.held_back = point_of(tuned.rule, tuned.apart, usd_a_call, pictures);
  page.held_back.rule = "each part by what the others choose";
  for (const cascade::JudgedRule& one : tuned.frontier)
    page.curve.push_back(point_of(one.rule, one.judgement, usd_a_call, pictures));
  for (const cascade::Recording& one : recordings) page.recordings.push_back(scores_of(one, tuned.rule));
  return page;
}

}  // namespace dew::verbs
