// Drift, and what would close the gap.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/base.h"
#include "report/compare_parts.h"
#include "report/parts.h"
#include "report/svg.h"

namespace dew::report {
namespace {

constexpr double kWidth = 720;
constexpr double kHeight = 320;
constexpr Plot kPlot{56, 14, kWidth - 16, kHeight - 46};

using Point = compare::DriftPoint;
using Of = compare::Figure Point::*;

/// The interval as a band, the value as a line.
void draw_arm(Writer& out, const std::vector<Point>& curve, Of of, const char* style, const Scale& x,
              const Scale& y) {
  std::string line;
  std::string band;
  std::string back;
  for (const Point& point : curve) {
    const compare::Figure& figure = point.*of;
    if (!figure) continue;
    const std::string at = coordinate(x(point.severity));
    line += fmt::format("{}{} {}", line.empty() ? "M" : "L", at, coordinate(y(figure->value)));
    band += fmt::format("{}{} {}", band.empty() ? "M" : "L", at, coordinate(y(figure->high)));
    back = fmt::format("L{} {}", at, coordinate(y(figure->low))) + back;
  }
  if (line.empty()) return;
  out.leaf("path", {{"class", fmt::format("band {}", style)}, {"d", band + back + "Z"}});
  out.leaf("path", {{"class", fmt::format("line {}", style)}, {"d", line}});
}

void draw_curves(Writer& out, const compare::DriftFindings& drift) {
  const Scale x{0, static_cast<double>(drift.curve.back().severity), kPlot.left, kPlot.right};
  const Scale y{0, 1, kPlot.bottom, kPlot.top};
  const auto figure = out.open("figure", {{"class", "panel"}});
  {
    const auto caption = out.open("figcaption");
    out.element("h3", "Accuracy under ImageNet-C's corruptions");
    const auto legend = out.open("p", {{"class", "legend"}});
    for (const auto& [style, name] :
         {std::pair("validation", "A"), std::pair("train", "B"), std::pair("other", "matched noise")}) {
      const auto key = out.open("span", {{"class", fmt::format("key {}", style)}});
      out.text(name);
    }
  }
  const auto svg = out.open("svg", {{"viewBox", fmt::format("0 0 {} {}", kWidth, kHeight)},
                                    {"role", "img"},
                                    {"aria-label", "Accuracy of the arms over the severity of corruptions"}});
  draw_y_axis(out, kPlot, y, {0, 0.2, 0.4, 0.6, 0.8, 1}, rough_percent);
  std::vector<double> ticks;
  for (const Point& point : drift.curve) ticks.push_back(point.severity);
  draw_x_axis(out, kPlot, x, ticks,
              [](double tick) { return tick == 0 ? std::string("clean") : number(tick); });
  out.element("text",
              {{"class", "axis-title"},
               {"x", (kPlot.left + kPlot.right) / 2},
               {"y", kHeight - 6},
               {"text-anchor", "middle"}},
              "severity");
  draw_arm(out, drift.curve, &Point::noise, "other", x, y);
  draw_arm(out, drift.curve, &Point::b, "train", x, y);
  draw_arm(out, drift.curve, &Point::a, "validation", x, y);
}

void write_points(Writer& out, const compare::DriftFindings& drift, const std::string& drifted) {
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < drift.curve.size(); ++i) {
    const Point& point = drift.curve[i];
    rows.push_back({i == 0                ? "clean"
                    : point.severity == 0 ? drifted
                                          : fmt::format("severity {}", point.severity),
                    share_text(point.a), share_text(point.b), share_text(point.noise),
                    kappa_text(point.between), kappa_text(point.within_a), kappa_text(point.within_b)});
  }
  write_table(out, "Accuracy and error consistency under drift",
              {"", "A", "B", "Matched noise", "Consistency A with B", "A with A", "B with B"}, rows);
}

void write_lines(Writer& out, const compare::DriftFindings& drift) {
  std::vector<std::vector<std::string>> rows;
  for (const compare::DriftLine& line : drift.lines)
    rows.push_back({line.name, line.family, share_text(line.loss_a), share_text(line.loss_b),
                    points_text(line.difference)});
  const auto details = out.open("details");
  out.element("summary", fmt::format("Each of the {} corruptions", drift.lines.size()));
  write_table(out, "Loss by corruption", {"Corruption", "Family", "A loses", "B loses", "A less B, points"},
              rows);
}

void write_set(Writer& out, const compare::DriftFindings& set) {
  out.element("h3", "On " + clip(set.name, kNameBytes));
  out.element("p", {{"class", "note"}},
              fmt::format("{}. A loses {}, B loses {} against the tested pictures; A less B: {} points.",
                          counted(set.pictures, "picture", "pictures"), share_text(set.loss_a),
                          share_text(set.loss_b), points_text(set.area)));
  write_points(out, set, set.name);
}

std::string money_text(double usd) {
  return fmt::format("${:.2f}", usd);
}

void write_reviewed(Writer& out, const ComparePage& page) {
  if (page.findings.reviewed.empty()) return;
  out.element("h3", "People's labels on part of A's pictures");
  std::vector<std::vector<std::string>> rows;
  for (const compare::Reviewed& one : page.findings.reviewed) {
    const auto usd = page.costs.usd_a_label;
    rows.push_back({fmt::format("{:.0f}\u00a0%", 100 * one.share), with_commas(one.labels),
                    usd ? money_text(*usd * static_cast<double>(one.labels)) : "",
                    share_text(one.by_suspicion), points_text(one.left_by_suspicion),
                    share_text(one.at_random), points_text(one.left_at_random)});
  }
  write_table(out, "Reviewed labels",
              {"Reviewed", "Labels by people", "Cost", "Accuracy, most suspicious first",
               "still below B, points", "Accuracy, at random", "still below B, points"},
              rows);
}

void write_curve(Writer& out, const ComparePage& page) {
  if (!page.findings.curve) return;
  const compare::LearningCurve& curve = *page.findings.curve;
  out.element("h3", "More labels of a kind");
  std::vector<std::vector<std::string>> rows;
  for (const compare::PartOfLabels& part : curve.parts)
    rows.push_back({fmt::format("{:.0f}\u00a0%", 100 * part.share), with_commas(part.pictures),
                    share_text(part.a), share_text(part.b)});
  write_table(out, "Learning curve", {"Of the labels", "Pictures that teach a net", "A", "B"}, rows);
  out.element("p", {{"class", "note"}},
              fmt::format("From the last part to all labels A gains {} points, B {}; A less B: {} ({}).",
                          points_text(curve.gain_a), points_text(curve.gain_b), points_text(curve.gain),
                          curve.gain ? chance_text(curve.gain->chance) : "cannot be told"));
}

}  // namespace

void write_drift(Writer& out, const ComparePage& page) {
  const compare::Findings& all = page.findings;
  if (!all.drift && all.shifted.empty()) return;
  const auto section = out.open("section", {{"id", "drift"}});
  out.element("h2", "When pictures drift");
  if (all.drift && all.drift->curve.size() > 1) {
    const compare::DriftFindings& drift = *all.drift;
    out.element(
        "p", {{"class", "lead"}},
        fmt::format(
            "{} under 15 corruptions and 4 shifts of a camera, at 5 severities each. Over the 15, A loses "
            "{}, B loses {}; A less B, the area between the curves: {} points.",
            counted(drift.pictures, "picture", "pictures"), share_text(drift.loss_a),
            share_text(drift.loss_b), points_text(drift.area)));
    draw_curves(out, drift);
    write_points(out, drift, "");
    write_lines(out, drift);
  }
  for (const compare::DriftFindings& set : all.shifted) write_set(out, set);
}

void write_what_to_do(Writer& out, const ComparePage& page) {
  const compare::Findings& all = page.findings;
  if (!all.curve && all.reviewed.empty() && !page.costs.usd_a) return;
  const auto section = out.open("section", {{"id", "what-to-do"}});
  out.element("h2", "What would close the gap");
  if (all.reviewed.empty() && all.accuracy.difference && all.accuracy.difference->high >= 0)
    out.element("p", {{"class", "lead"}},
                "No gap in A's accuracy shows that people's labels would have to close.");
  if (page.costs.usd_a)
    out.element("p", {{"class", "lead"}},
                fmt::format("A's {} cost {}.", counted(page.costs.labels_a, "label", "labels"),
                            money_text(*page.costs.usd_a)));
  write_reviewed(out, page);
  write_curve(out, page);
}

}  // namespace dew::report
