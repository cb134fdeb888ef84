#include "bench/ways.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/base.h"
#include "base/table.h"
#include "report/html.h"
#include "report/svg.h"
#include "student/thresholds.h"

namespace dew::bench {
namespace {

using Sent = std::vector<size_t>;  ///< frames of a camera

Sent all(const Camera& camera) {
  Sent sent(camera.seconds.size());
  for (size_t i = 0; i < sent.size(); ++i) sent[i] = i;
  return sent;
}

/// Of the frames for which `wanted`, one a second at most.
template <typename Wanted>
Sent one_a_second(const Camera& camera, const Wanted& wanted) {
  Sent sent;
  for (size_t i = 0; i < camera.seconds.size(); ++i)
    if (wanted(i) && (sent.empty() || camera.seconds[i] - camera.seconds[sent.back()] >= 1))
      sent.push_back(i);
  return sent;
}

/// Of each 30 seconds the eight frames that differ most from the one before.
Sent most_different(const Camera& camera) {
  Sent sent;
  for (size_t begin = 0; begin < camera.seconds.size();) {
    size_t end = begin;
    while (end < camera.seconds.size() && camera.seconds[end] - camera.seconds[begin] < 30) ++end;
    Sent window;
    for (size_t i = begin; i < end; ++i) window.push_back(i);
    std::sort(window.begin(), window.end(),
              [&](size_t a, size_t b) { return camera.change[a] > camera.change[b]; });
    window.resize(std::min<size_t>(window.size(), 8));
    sent.insert(sent.end(), window.begin(), window.end());
    begin = end;
  }
  return sent;
}

/// As dewdrop cascade sends: from each event up to `pictures`, here evenly from its first second on.
Sent of_events(const Camera& camera, const cascade::Rule& rule, int pictures) {
  Sent sent;
  cascade::Trigger trigger(rule);
  bool open = false;
  size_t first = 0;
  const auto tell = [&](size_t last) {
    for (int k = 0; k < pictures; ++k)
      sent.push_back(first + (last - first) * static_cast<size_t>(k) / static_cast<size_t>(pictures));
  };
  for (size_t i = 0; i < camera.seconds.size(); ++i) {
    const auto change = trigger.push(camera.scores[i], camera.seconds[i]);
    if (change == cascade::Change::kNothing) continue;
    if (open) tell(i);
    open = change == cascade::Change::kBegins;
    first = i;
  }
  if (open) tell(camera.seconds.size() - 1);
  std::sort(sent.begin(), sent.end());
  sent.erase(std::unique(sent.begin(), sent.end()), sent.end());
  return sent;
}

void add(WayFigures& sum, const Camera& camera, const Sent& sent) {
  sum.truth += std::ssize(camera.truth);
  sum.frames += std::ssize(camera.seconds);
  sum.sent += std::ssize(sent);
  std::vector<std::optional<double>> seen(camera.truth.size());
  for (const size_t frame : sent) {
    const double at = camera.seconds[frame];
    bool shows = false;
    for (size_t i = 0; i < camera.truth.size(); ++i) {
      if (at < camera.truth[i].start - cascade::kSlack || at > camera.truth[i].end + cascade::kSlack)
        continue;
      shows = true;
      if (!seen[i]) seen[i] = std::max(0.0, at - camera.truth[i].start);
    }
    sum.empty += shows ? 0 : 1;
  }
  for (const auto& delay : seen)
    if (delay) sum.delays.push_back(*delay);
  sum.found = std::ssize(sum.delays);
}

WayFigures of_all(const std::string& name, const std::vector<Camera>& cameras,
                  const std::function<Sent(const Camera&)>& way) {
  WayFigures sum;
  sum.name = name;
  for (const Camera& camera : cameras) add(sum, camera, way(camera));
  return sum;
}

WayFigures of_rule(const std::string& name, const std::vector<Camera>& cameras, const cascade::Rule& rule,
                   int pictures) {
  WayFigures sum = of_all(name, cameras, [&](const Camera& c) { return of_events(c, rule, pictures); });
  cascade::Judgement judged;
  for (const Camera& camera : cameras)
    judged += cascade::judge(cascade::Recording{"", camera.seconds, camera.scores, camera.truth}, rule);
  sum.false_an_hour = judged.false_an_hour();
  return sum;
}

double share(int64_t part, int64_t all) {
  return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

void see(Camera& camera, const Image& part, double seconds, verbs::Scorer& scorer) {
  const auto scores = scorer.score(part);
  camera.scores.push_back(scores ? scores->scores[0] : 0);
  camera.seconds.push_back(seconds);
  camera.moves.push_back(camera.motion.moves(part));
  std::vector<uint8_t> small = resize(part, 64, 48).rgb;
  double sum = 0;
  for (size_t i = 0; i < camera.before.size(); ++i) sum += std::abs(small[i] - camera.before[i]);
  camera.change.push_back(sum / static_cast<double>(small.size()));
  camera.before = std::move(small);
}

std::vector<WayFigures> all_ways(const std::vector<Camera>& cameras, const cascade::Rule& rule,
                                 int pictures) {
  const cascade::Rule three_in_a_row{rule.event_class, 0.8, 0.8, 3, 3, 0};
  return {of_all("every frame", cameras, all),
          of_all("one a second", cameras,
                 [](const Camera& c) { return one_a_second(c, [](size_t) { return true; }); }),
          of_all("motion, one a second", cameras,
                 [](const Camera& c) { return one_a_second(c, [&c](size_t i) { return c.moves[i]; }); }),
          of_all("the 8 of 30 s that differ most", cameras, most_different),
          of_rule("this net, three in a row at .8, one picture", cameras, three_in_a_row, 1),
          of_rule(fmt::format("dewdrop cascade, up to {} pictures", pictures), cameras, rule, pictures)};
}

std::string ways_table(const std::vector<WayFigures>& ways) {
  std::vector<std::vector<std::string>> rows{{"way", "events", "found", "recall", "at least", "frames sent",
                                              "of them empty", "false an hour", "median delay"}};
  for (const WayFigures& one : ways)
    rows.push_back({one.name, with_commas(one.truth), with_commas(one.found),
                    fmt::format("{:.3f}", share(one.found, one.truth)),
                    fmt::format("{:.3f}", student::lowest_likely_share(one.found, one.truth)),
                    fmt::format("{:.2f} %", 100 * share(one.sent, one.frames)),
                    fmt::format("{:.0f} %", 100 * share(one.empty, one.sent)),
                    one.false_an_hour ? fmt::format("{:.1f}", *one.false_an_hour) : "",
                    fmt::format("{:.2f} s", median(one.delays))});
  return text_table(rows);
}

std::string ways_picture(const std::vector<WayFigures>& ways) {
  constexpr double kWidth = 720;
  constexpr double kHeight = 360;
  constexpr report::Plot kPlot{56, 16, kWidth - 250, kHeight - 46};
  const report::Scale x{0.001, 1, kPlot.left, kPlot.right, true};
  const report::Scale y{0, 1, kPlot.bottom, kPlot.top};
  report::Writer out;
  {
    const auto svg = out.open("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                                      {"viewBox", fmt::format("0 0 {} {}", kWidth, kHeight)},
                                      {"font-family", "sans-serif"},
                                      {"font-size", 12}});
    out.raw(
        "<style>svg{background:#fff}line{stroke:#ccc}circle{fill:#0b6e99}.bar{stroke:#0b6e99;stroke-width:2}"
        "text{fill:#222}</style>");
    report::draw_y_axis(out, kPlot, y, {0, 0.2, 0.4, 0.6, 0.8, 1},
                        [](double tick) { return report::number(tick); });
    report::draw_x_axis(out, kPlot, x, {0.001, 0.01, 0.1, 1},
                        [](double tick) { return report::number(100 * tick) + " %"; });
    out.element("text", {{"x", kPlot.left}, {"y", kHeight - 6}},
                "frames sent; events found, and the 95 % bound below");
    for (size_t i = 0; i < ways.size(); ++i) {
      const WayFigures& one = ways[i];
      const double at = x(std::clamp(share(one.sent, one.frames), x.from, x.to));
      const double recall = y(share(one.found, one.truth));
      out.leaf("line", {{"class", "bar"},
                        {"x1", at},
                        {"x2", at},
                        {"y1", recall},
                        {"y2", y(student::lowest_likely_share(one.found, one.truth))}});
      out.leaf("circle", {{"cx", at}, {"cy", recall}, {"r", 5}});
      out.element("text", {{"x", at + 7}, {"y", recall - 7}}, std::to_string(i + 1));
      out.element("text", {{"x", kPlot.right + 14}, {"y", kPlot.top + 20 * static_cast<double>(i + 1)}},
                  fmt::format("{}  {}", i + 1, one.name));
    }
  }
  return out.take();
}

}  // namespace dew::bench
