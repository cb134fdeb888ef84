// The differences with their intervals, and what cannot be told.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/compare_parts.h"
#include "report/parts.h"
#include "report/svg.h"

namespace dew::report {
namespace {

constexpr double kWidth = 720;
constexpr double kRow = 44;
constexpr double kTop = 16;
constexpr Plot kPlot{16, kTop, kWidth - 16, 0};

/// A difference in points with its interval.
struct Line {
  std::string name;
  compare::Figure figure;
  double floor = 0;  ///< half the width of what seeds alone make
};

std::vector<Line> lines_of(const ComparePage& page) {
  const compare::Findings& all = page.findings;
  std::vector<Line> lines{{"Accuracy, A less B", all.accuracy.difference, all.accuracy.floor},
                          {"Accuracy, A less matched noise", all.accuracy.structure, all.accuracy.floor},
                          {"A's mistakes repeated, beyond matched noise", all.inheritance.beyond_noise, 0},
                          {"A's mistakes repeated, beyond B", all.inheritance.beyond_b, 0},
                          {"Answers that change with the seed, A less B", all.variance.churn, 0}};
  if (all.drift) lines.push_back({"Lost to corruption, A less B", all.drift->area, 0});
  for (const auto& set : all.shifted) lines.push_back({"Lost on " + set.name + ", A less B", set.area, 0});
  std::erase_if(lines, [](const Line& line) { return !line.figure; });
  return lines;
}

Scale scale_of(const std::vector<Line>& lines) {
  double most = 0.01;
  for (const Line& line : lines)
    most = std::max({most, std::abs(line.figure->low), std::abs(line.figure->high), line.floor});
  const double end = covering_ticks(0, most, 3).back();
  return {-end, end, kPlot.left, kPlot.right};
}

void draw_line(Writer& out, const Line& line, const Scale& x, double top) {
  const auto group = out.open("g");
  out.element("title", line.name + ": " + points_text(line.figure) + " points");
  out.element("text", {{"class", "source"}, {"x", kPlot.left}, {"y", top + 12}}, clip(line.name, kNameBytes));
  out.element("text", {{"x", kPlot.right}, {"y", top + 12}, {"text-anchor", "end"}},
              points_text(line.figure));
  const double y = top + 26;
  if (line.floor > 0)
    out.leaf("rect", {{"class", "floor"},
                      {"x", x(-line.floor)},
                      {"y", y - 7},
                      {"width", x(line.floor) - x(-line.floor)},
                      {"height", 14}});
  out.leaf("path", {{"class", "line validation"},
                    {"d", fmt::format("M{} {}L{} {}", coordinate(x(line.figure->low)), coordinate(y),
                                      coordinate(x(line.figure->high)), coordinate(y))}});
  out.leaf("circle", {{"class", "validation"}, {"cx", x(line.figure->value)}, {"cy", y}, {"r", 5}});
}

void draw_forest(Writer& out, const std::vector<Line>& lines) {
  const Scale x = scale_of(lines);
  const double bottom = kTop + kRow * static_cast<double>(lines.size());
  const auto figure = out.open("figure", {{"class", "panel"}});
  const auto svg = out.open("svg", {{"viewBox", fmt::format("0 0 {} {}", kWidth, coordinate(bottom + 40))},
                                    {"role", "img"},
                                    {"aria-label", "Differences in points with their 95 % intervals"}});
  out.leaf(
      "path",
      {{"class", "line limit"},
       {"d", fmt::format("M{} {}L{} {}", coordinate(x(0)), kTop, coordinate(x(0)), coordinate(bottom))}});
  for (size_t i = 0; i < lines.size(); ++i) draw_line(out, lines[i], x, kTop + kRow * static_cast<double>(i));
  std::vector<double> ticks;
  for (const double tick : covering_ticks(x.from, x.to, 6))
    if (tick >= x.from && tick <= x.to) ticks.push_back(tick);
  draw_x_axis(out, {kPlot.left, kTop, kPlot.right, bottom}, x, ticks,
              [](double tick) { return number(std::round(tick * 1000) / 10); });
  out.element("text",
              {{"class", "axis-title"}, {"x", kWidth / 2}, {"y", bottom + 36}, {"text-anchor", "middle"}},
              "points");
}

}  // namespace

void write_verdicts(Writer& out, const ComparePage& page) {
  const auto section = out.open("section", {{"id", "verdicts"}});
  out.element("h2", "What is different");
  out.element(
      "p", {{"class", "lead"}},
      fmt::format(
          "A is {}, B is {}. \"Different\" holds for all questions together: chances are corrected by "
          "Holm for how many were asked.",
          clip(page.a, kNameBytes), clip(page.b, kNameBytes)));
  std::vector<std::vector<std::string>> rows;
  for (const compare::Verdict& one : page.findings.verdicts)
    rows.push_back({one.question,
                    !one.chance     ? "cannot be told"
                    : one.different ? "different"
                                    : "may be chance",
                    chance_text(one.chance), chance_text(one.together)});
  write_table(out, "Verdicts", {"Question", "Verdict", "By itself", "Together"}, rows);
  const auto lines = lines_of(page);
  if (lines.empty()) return;
  out.element("p", {{"class", "note"}},
              "Below: differences with their 95 % intervals over pictures and seeds. Shaded: how far apart "
              "two arms of "
              "the same labels are by their seeds alone, in 95 of 100 cases.");
  draw_forest(out, lines);
}

void write_cannot(Writer& out, const ComparePage& page) {
  if (page.findings.cannot.empty()) return;
  const auto section = out.open("section", {{"id", "cannot"}});
  out.element("h2", "What cannot be concluded");
  const auto list = out.open("ul");
  for (const std::string& sentence : page.findings.cannot) out.element("li", clip(sentence, kTextBytes));
}

}  // namespace dew::report
