// What a search found: accuracy against RAM and against flash, a dot a net, and the same as a table.
#include <fmt/format.h>

#include <algorithm>

#include "report/parts.h"
#include "report/svg.h"

namespace dew::report {
namespace {

constexpr double kWidth = 460;
constexpr double kHeight = 272;
constexpr Plot kPlot = {54, 12, kWidth - 28, kHeight - 44};

struct Panel {
  std::string_view title;
  int64_t TriedNet::*bytes;
  int64_t limit = 0;
};

Scale y_scale(const std::vector<TriedNet>& candidates, std::vector<double>& ticks) {
  const auto [low, high] =
      std::minmax_element(candidates.begin(), candidates.end(),
                          [](const TriedNet& a, const TriedNet& b) { return a.accuracy < b.accuracy; });
  ticks = covering_ticks(std::min(low->accuracy, 0.9), std::max(high->accuracy, 1.0), 5);
  return {ticks.front(), ticks.back(), kPlot.bottom, kPlot.top};
}

/// With the number of its row in the table.
void write_dot(Writer& out, const TriedNet& net, size_t number, double x, double y) {
  const auto group = out.open("g", {{"class", net.on_front ? "net front" : "net"}});
  out.element("title", fmt::format("{}: {}", clip(net.name, kNameBytes), percent(net.accuracy)));
  out.leaf("circle", {{"class", net.on_front ? "dot front" : "dot"}, {"cx", x}, {"cy", y}, {"r", 8}});
  out.element("text", {{"class", "number"}, {"x", x}, {"y", y}}, std::to_string(number));
}

void write_panel(Writer& out, const Panel& panel, const std::vector<TriedNet>& candidates) {
  int64_t most = panel.limit;
  for (const TriedNet& one : candidates) most = std::max(most, one.*panel.bytes);
  const std::vector<double> x_ticks = byte_ticks(most);
  const Scale x{0, x_ticks.back(), kPlot.left, kPlot.right};
  std::vector<double> y_ticks;
  const Scale y = y_scale(candidates, y_ticks);

  const auto figure = out.open("figure", {{"class", "panel"}});
  {
    const auto caption = out.open("figcaption");
    out.element("h3", fmt::format("Accuracy against {}", panel.title));
  }
  const auto svg = out.open("svg", {{"viewBox", fmt::format("0 0 {} {}", kWidth, kHeight)},
                                    {"role", "img"},
                                    {"aria-label", fmt::format("Accuracy against {} of {}", panel.title,
                                                               counted(ssize(candidates), "net", "nets"))}});
  draw_y_axis(out, kPlot, y, y_ticks, [](double tick) { return rough_percent(tick); });
  draw_x_axis(out, kPlot, x, x_ticks, byte_label);
  if (panel.limit > 0) {
    const double at = x(static_cast<double>(panel.limit));
    out.leaf("path", {{"class", "line limit"},
                      {"d", fmt::format("M{} {}V{}", coordinate(at), kPlot.top, kPlot.bottom)}});
  }
  for (size_t i = 0; i < candidates.size(); ++i)
    write_dot(out, candidates[i], i + 1, x(static_cast<double>(candidates[i].*panel.bytes)),
              y(candidates[i].accuracy));
}

void write_table(Writer& out, const std::vector<TriedNet>& candidates) {
  const auto scroll = out.open("div", {{"class", "scroll"}});
  const auto table = out.open("table", {{"class", "numbers"}});
  {
    const auto head = out.open("thead");
    const auto row = out.open("tr");
    for (const char* title : {"", "Net", "Starts from", "RAM, B", "Flash, B", "Instructions", "Epochs",
                              "Validation", "Best of its size"})
      out.element("th", {{"scope", "col"}}, title);
  }
  const auto body = out.open("tbody");
  for (size_t i = 0; i < candidates.size(); ++i) {
    const TriedNet& one = candidates[i];
    const auto row = out.open("tr");
    out.element("td", std::to_string(i + 1));
    out.element("th", {{"scope", "row"}}, clip(one.name, kNameBytes));
    out.element("td", clip(one.backbone, kNameBytes));
    for (const int64_t figure : {one.ram_bytes, one.flash_bytes, one.instructions})
      out.element("td", figure > 0 ? with_commas(figure) : "not counted");
    out.element("td", std::to_string(one.epochs));
    out.element("td", percent(one.accuracy));
    out.element("td", one.on_front ? "yes" : "");
  }
}

}  // namespace

void write_front(Writer& out, const Report& report) {
  if (report.candidates.empty()) return;
  const auto section = out.open("section", {{"id", "search"}});
  out.element("h2", "Nets that fit");
  out.element("p",
              "Each was compiled, linked and run on the board; numbers are the rows of the table, and the "
              "filled ones are "
              "the most accurate of their size. Nets that were dropped early trained for fewer epochs, and "
              "would gain from more.");
  {
    const auto pair = out.open("div", {{"class", "panels"}});
    write_panel(out, {"RAM", &TriedNet::ram_bytes, report.ram_limit}, report.candidates);
    write_panel(out, {"flash", &TriedNet::flash_bytes, report.flash_limit}, report.candidates);
  }
  write_table(out, report.candidates);
}

}  // namespace dew::report
