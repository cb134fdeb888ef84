// The training curve: two panels, loss and accuracy, each with a line for train and one for validation.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/parts.h"
#include "report/svg.h"

namespace dew::report {
namespace {

constexpr double kWidth = 460;
constexpr double kHeight = 272;
constexpr Plot kPlot = {54, 12, kWidth - 12, kHeight - 44};

using Figure = double CurvePoint::*;

struct Line {
  std::string_view name;
  std::string_view style;
  Figure figure;
};

struct Panel {
  std::string_view title;
  std::vector<Line> lines;
  bool is_loss = false;
};

/// A training that ran away leaves infinities and numbers no axis can hold.
bool drawable(double value) {
  return std::abs(value) < 1e30;
}

std::string label_of(const Panel& panel, double value) {
  if (!panel.is_loss) return percent(value);
  return std::isfinite(value) ? fmt::format("{:.3g}", value) : "not a number";
}

/// The drawable values of all lines, as a range.
std::optional<std::pair<double, double>> range_of(const Panel& panel, const std::vector<CurvePoint>& curve) {
  std::optional<std::pair<double, double>> range;
  for (const Line& line : panel.lines)
    for (const CurvePoint& point : curve) {
      const double value = point.*line.figure;
      if (!drawable(value)) continue;
      if (!range) range = {value, value};
      range = {std::min(range->first, value), std::max(range->second, value)};
    }
  return range;
}

struct YAxis {
  Scale scale;
  std::vector<double> ticks;
};

YAxis y_axis(const Panel& panel, std::pair<double, double> range) {
  YAxis axis;
  axis.scale.low = kPlot.bottom;
  axis.scale.high = kPlot.top;
  // A loss that falls a hundredfold is a line along the bottom on a linear axis.
  axis.scale.logarithmic = panel.is_loss && range.first > 1e-12 && range.second > 20 * range.first;
  if (axis.scale.logarithmic)
    axis.ticks = covering_log_ticks(range.first, range.second);
  else if (panel.is_loss)
    axis.ticks = covering_ticks(std::min(0.0, range.first), range.second, 5);
  else  // up to 100 %, and never so close that noise looks like progress
    axis.ticks = covering_ticks(std::min(range.first, 0.9), std::max(range.second, 1.0), 5);
  axis.scale.from = axis.ticks.front();
  axis.scale.to = axis.ticks.back();
  return axis;
}

Scale x_scale(const std::vector<CurvePoint>& curve) {
  const auto [first, last] = std::minmax_element(
      curve.begin(), curve.end(), [](const CurvePoint& a, const CurvePoint& b) { return a.epoch < b.epoch; });
  const double pad = first->epoch == last->epoch ? 0.5 : 0;
  return {first->epoch - pad, last->epoch + pad, kPlot.left, kPlot.right};
}

std::vector<double> epoch_ticks(const Scale& x) {
  std::vector<double> ticks;
  for (const double tick : covering_ticks(x.from, x.to, 6))
    if (tick >= x.from && tick <= x.to && tick == std::floor(tick)) ticks.push_back(tick);
  return ticks;
}

/// Broken where a value cannot be drawn.
std::string path_of(const std::vector<CurvePoint>& curve, Figure figure, const Scale& x, const Scale& y) {
  std::string path;
  bool down = false;
  for (const CurvePoint& point : curve) {
    const double value = point.*figure;
    if (drawable(value))
      path += fmt::format("{}{} {}", down ? "L" : "M", coordinate(x(point.epoch)), coordinate(y(value)));
    down = drawable(value);
  }
  return path;
}

void draw_line(Writer& out, const Line& line, const std::vector<CurvePoint>& curve, const Scale& x,
               const Scale& y) {
  const std::string style = fmt::format("line {}", line.style);
  out.leaf("path", {{"class", style}, {"d", path_of(curve, line.figure, x, y)}});
  if (curve.size() > 12) return;
  for (const CurvePoint& point : curve)
    if (drawable(point.*line.figure))
      out.leaf("circle",
               {{"class", style}, {"cx", x(point.epoch)}, {"cy", y(point.*line.figure)}, {"r", 2.5}});
}

void write_panel(Writer& out, const Panel& panel, const std::vector<CurvePoint>& curve) {
  const auto range = range_of(panel, curve);
  if (!range) return;
  const YAxis y = y_axis(panel, *range);
  const Scale x = x_scale(curve);

  std::string spoken = fmt::format("{} over {}", panel.title, counted(ssize(curve), "epoch", "epochs"));
  for (const Line& line : panel.lines)
    spoken += fmt::format("; {} ends at {}", line.name, label_of(panel, curve.back().*line.figure));

  const auto figure = out.open("figure", {{"class", "panel"}});
  {
    const auto caption = out.open("figcaption");
    out.element("h3", fmt::format("{}{}", panel.title, y.scale.logarithmic ? ", logarithmic" : ""));
    const auto legend = out.open("p", {{"class", "legend"}});
    for (const Line& line : panel.lines) {
      const auto key = out.open("span", {{"class", fmt::format("key {}", line.style)}});
      out.text(line.name);
      out.element("b", fmt::format(" {}", label_of(panel, curve.back().*line.figure)));
    }
  }
  const auto svg = out.open(
      "svg",
      {{"viewBox", fmt::format("0 0 {} {}", kWidth, kHeight)}, {"role", "img"}, {"aria-label", spoken}});
  draw_y_axis(out, kPlot, y.scale, y.ticks, [&](double tick) {
    return panel.is_loss ? number(tick) : fmt::format("{}\u00a0%", number(tick * 100));
  });
  draw_x_axis(out, kPlot, x, epoch_ticks(x), number);
  out.element("text",
              {{"class", "axis-title"},
               {"x", (kPlot.left + kPlot.right) / 2},
               {"y", kHeight - 6},
               {"text-anchor", "middle"}},
              "epoch");
  for (const Line& line : panel.lines) draw_line(out, line, curve, x, y.scale);
}

void write_numbers(Writer& out, const std::vector<Panel>& panels, const std::vector<CurvePoint>& curve) {
  const auto details = out.open("details");
  out.element("summary", "The numbers");
  const auto scroll = out.open("div", {{"class", "scroll tall"}});
  const auto table = out.open("table", {{"class", "numbers"}});
  out.element("caption", {{"class", "unseen"}}, "Loss and accuracy after each epoch");
  {
    const auto head = out.open("thead");
    const auto row = out.open("tr");
    out.element("th", {{"scope", "col"}}, "Epoch");
    for (const Panel& panel : panels)
      for (const Line& line : panel.lines)
        out.element("th", {{"scope", "col"}}, fmt::format("{}, {}", panel.title, line.name));
  }
  const auto body = out.open("tbody");
  for (const CurvePoint& point : curve) {
    const auto row = out.open("tr");
    out.element("th", {{"scope", "row"}}, std::to_string(point.epoch));
    for (const Panel& panel : panels)
      for (const Line& line : panel.lines) out.element("td", label_of(panel, point.*line.figure));
  }
}

}  // namespace

void write_curve(Writer& out, const Report& report) {
  const auto& curve = report.curve;
  if (curve.empty()) return;
  Panel loss = {"Loss", {{"train", "train", &CurvePoint::train_loss}}, true};
  Panel accuracy = {"Accuracy", {{"train", "train", &CurvePoint::train_accuracy}}, false};
  // Without a validation split its figures are all 0.
  const bool validated = std::any_of(curve.begin(), curve.end(), [](const CurvePoint& point) {
    return point.validation_loss != 0 || point.validation_accuracy != 0;
  });
  if (validated) {
    loss.lines.push_back({"validation", "validation", &CurvePoint::validation_loss});
    accuracy.lines.push_back({"validation", "validation", &CurvePoint::validation_accuracy});
  }
  const std::vector<Panel> panels = {loss, accuracy};

  const auto section = out.open("section", {{"id", "training"}});
  out.element("h2", "Training");
  {
    const auto pair = out.open("div", {{"class", "panels"}});
    for (const Panel& panel : panels) write_panel(out, panel, curve);
  }
  write_numbers(out, panels, curve);
}

}  // namespace dew::report
