#include "report/tune_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/base.h"
#include "report/parts.h"
#include "report/svg.h"

namespace dew::report {
namespace {

constexpr double kWidth = 720;
constexpr double kHeight = 320;
constexpr Plot kCurve{56, 14, kWidth - 16, kHeight - 46};
constexpr double kScoresHeight = 120;
constexpr Plot kScores{56, 10, kWidth - 16, kScoresHeight - 28};

/// Small shares need digits: .0083 -> "0.83 %".
std::string sent_text(double share) {
  return fmt::format("{}\u00a0%", number(std::round(share * 1e4) / 100));
}

Scale sent_scale(const TunePageClass& one) {
  double most = std::max({one.chosen.sent, one.held_back.sent, 1e-3});
  for (const TunePoint& point : one.curve) most = std::max(most, point.sent);
  return {0, covering_ticks(0, most, 6).back(), kCurve.left, kCurve.right};
}

void draw_mark(Writer& out, const TunePoint& point, const Scale& x, const Scale& y, const char* style,
               const std::string& title) {
  const auto group = out.open("g");
  out.element("title", fmt::format("{}: {} of the events (at least {}), {} of the frames", title,
                                   percent(point.recall), percent(point.recall_low), sent_text(point.sent)));
  const double at = x(point.sent);
  out.leaf("path", {{"class", fmt::format("line {}", style)},
                    {"d", fmt::format("M{} {}L{} {}", coordinate(at), coordinate(y(point.recall)),
                                      coordinate(at), coordinate(y(point.recall_low)))}});
  out.leaf("circle", {{"class", style}, {"cx", at}, {"cy", y(point.recall)}, {"r", 6}});
}

void write_tradeoff(Writer& out, const TunePageClass& one, double wanted) {
  const Scale x = sent_scale(one);
  const Scale y{0, 1, kCurve.bottom, kCurve.top};
  const auto figure = out.open("figure", {{"class", "panel"}});
  {
    const auto caption = out.open("figcaption");
    out.element("h3", "Events found, and frames sent");
    const auto legend = out.open("p", {{"class", "legend"}});
    {
      const auto key = out.open("span", {{"class", "key validation"}});
      out.text("held back: judged by what it had no part in choosing");
    }
    const auto key = out.open("span", {{"class", "key train"}});
    out.text("on the recordings themselves");
  }
  const auto svg = out.open(
      "svg", {{"viewBox", fmt::format("0 0 {} {}", kWidth, kHeight)},
              {"role", "img"},
              {"aria-label", fmt::format("Recall over the share of frames sent; held back {} at {}",
                                         percent(one.held_back.recall), sent_text(one.held_back.sent))}});
  draw_y_axis(out, kCurve, y, {0, 0.2, 0.4, 0.6, 0.8, 1}, rough_percent);
  draw_x_axis(out, kCurve, x, covering_ticks(x.from, x.to, 6), sent_text);
  out.element("text",
              {{"class", "axis-title"},
               {"x", (kCurve.left + kCurve.right) / 2},
               {"y", kHeight - 6},
               {"text-anchor", "middle"}},
              "frames sent");
  out.leaf("path", {{"class", "line limit"},
                    {"d", fmt::format("M{} {}L{} {}", kCurve.left, coordinate(y(wanted)), kCurve.right,
                                      coordinate(y(wanted)))}});
  std::string path;
  for (const TunePoint& point : one.curve)
    path += fmt::format("{}{} {}", path.empty() ? "M" : "L", coordinate(x(point.sent)),
                        coordinate(y(point.recall)));
  if (!path.empty()) out.leaf("path", {{"class", "line train"}, {"d", path}});
  draw_mark(out, one.chosen, x, y, "train", "chosen");
  draw_mark(out, one.held_back, x, y, "validation", "held back");
}

std::string path_of(const TuneScores& recording, const Scale& x, const Scale& y) {
  std::string path;
  const double step = recording.seconds / static_cast<double>(std::max<size_t>(recording.scores.size(), 1));
  for (size_t i = 0; i < recording.scores.size(); ++i)
    path += fmt::format("{}{} {}", i == 0 ? "M" : "L", coordinate(x((static_cast<double>(i) + 0.5) * step)),
                        coordinate(y(recording.scores[i])));
  return path;
}

/// The scores over time, the threshold, what was there (shaded) and what was told (below).
void write_scores(Writer& out, const TunePageClass& one, const TuneScores& recording) {
  const Scale x{0, std::max(recording.seconds, 1e-3), kScores.left, kScores.right};
  const Scale y{0, 1, kScores.bottom, kScores.top};
  const auto figure = out.open("figure", {{"class", "panel"}});
  {
    const auto caption = out.open("figcaption");
    out.element("h3", clip(recording.name, kNameBytes));
  }
  const auto svg = out.open(
      "svg", {{"class", "tuned"},
              {"viewBox", fmt::format("0 0 {} {}", kWidth, kScoresHeight)},
              {"role", "img"},
              {"aria-label", fmt::format("Scores over {:.0f} s; {} were there, {} told", recording.seconds,
                                         counted(ssize(recording.truth), "event", "events"),
                                         counted(ssize(recording.told), "event", "events"))}});
  const auto span = [&](const std::pair<double, double>& times, const char* style, double top,
                        double height) {
    out.leaf("rect", {{"class", style},
                      {"x", x(times.first)},
                      {"y", top},
                      {"width", std::max(1.5, x(times.second) - x(times.first))},
                      {"height", height}});
  };
  for (const auto& times : recording.truth) span(times, "truth", kScores.top, kScores.bottom - kScores.top);
  draw_y_axis(out, kScores, y, {0, 0.5, 1}, rough_percent);
  std::vector<double> ticks;
  for (const double tick : covering_ticks(0, x.to, 8))
    if (tick <= x.to) ticks.push_back(tick);
  draw_x_axis(out, kScores, x, ticks, [](double tick) { return number(tick) + " s"; });
  for (const double threshold : {one.on, one.off})
    out.leaf("path", {{"class", "line limit"},
                      {"d", fmt::format("M{} {}L{} {}", kScores.left, coordinate(y(threshold)), kScores.right,
                                        coordinate(y(threshold)))}});
  out.leaf("path", {{"class", "line validation"}, {"d", path_of(recording, x, y)}});
  constexpr double kTold = 4;
  for (const auto& times : recording.told) span(times, "told", kScores.bottom, kTold);
}

void write_row(Writer& out, const std::string& name, const TunePoint& point, bool with_money) {
  const auto row = out.open("tr");
  out.element("th", {{"scope", "row"}}, name);
  for (const std::string& cell :
       {point.rule, percent(point.recall), percent(point.recall_low), percent(point.precision),
        percent(point.precision_low), sent_text(point.sent), fmt::format("{:.1f}", point.false_an_hour),
        fmt::format("{:.2f}\u00a0s", point.delay), with_commas(std::llround(point.events_a_day))})
    out.element("td", cell);
  if (with_money) out.element("td", fmt::format("${:.2f}", point.usd_a_day));
}

void write_table(Writer& out, const TunePageClass& one) {
  const bool with_money = one.held_back.usd_a_day > 0 || one.chosen.usd_a_day > 0;
  const auto scroll = out.open("div", {{"class", "scroll"}});
  const auto table = out.open("table", {{"class", "numbers rules"}});
  {
    const auto head = out.open("thead");
    const auto row = out.open("tr");
    for (const char* name : {"", "Rule", "Recall", "at least", "Precision", "at least", "Frames sent",
                             "False an hour", "Delay", "Events a day"})
      out.element("th", {{"scope", "col"}}, name);
    if (with_money) out.element("th", {{"scope", "col"}}, "Money a day");
  }
  const auto body = out.open("tbody");
  write_row(out, "held back", one.held_back, with_money);
  write_row(out, "chosen", one.chosen, with_money);
  for (const TunePoint& point : one.curve)
    if (point.recall != one.chosen.recall || point.sent != one.chosen.sent)
      write_row(out, "other", point, with_money);
}

void write_class(Writer& out, const TunePageClass& one, double wanted) {
  const auto section = out.open("section");
  out.element("h2", clip(one.name, kNameBytes));
  out.element(
      "p", {{"class", "lead"}},
      fmt::format(
          "{}: {} of the events are found where they took no part in the choice (at least {}), with {} "
          "of the frames sent and {:.1f} false events an hour.",
          clip(one.chosen.rule, kTextBytes), percent(one.held_back.recall), percent(one.held_back.recall_low),
          sent_text(one.held_back.sent), one.held_back.false_an_hour));
  write_tradeoff(out, one, wanted);
  write_table(out, one);
  out.element("p", {{"class", "note"}},
              "Below: the net's scores over time, both thresholds dashed; shaded where an event was there; "
              "bars under "
              "the axis where the rule tells one.");
  for (const TuneScores& recording : one.recordings) write_scores(out, one, recording);
}

void write_header(Writer& out, const TunePage& page) {
  out.element("h1", "What the trigger finds");
  write_facts(out, {{"Wanted", fmt::format("{} of the events", percent(page.wanted_recall))},
                    {"Net", page.net},
                    {"Made", page.made_at}});
}

}  // namespace

std::string to_html(const TunePage& page) {
  return whole_page(
      page.title, clip(page.title, kNameBytes) + " – tuning", [&](Writer& out) { write_header(out, page); },
      [&](Writer& out) {
        for (const TunePageClass& one : page.classes) write_class(out, one, page.wanted_recall);
      });
}

}  // namespace dew::report
