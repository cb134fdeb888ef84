// Precision and recall of each class, with their intervals.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/parts.h"

namespace dew::report {
namespace {

double within(double share) {
  return std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0;
}

/// The share as a bar, its interval as a line over the end of it.
void draw_share(Writer& out, const Share& share, double value) {
  const double low = within(share.low);
  const double high = std::max(low, within(share.high));
  const auto bar = out.open("div", {{"class", "interval"}, {"aria-hidden", "true"}});
  out.element("div", {{"class", "value"}, {"style", "width:" + coordinate(value * 100) + "%"}}, "");
  out.element(
      "div",
      {{"class", "range"},
       {"style", fmt::format("left:{}%;width:{}%", coordinate(low * 100), coordinate((high - low) * 100))}},
      "");
}

void write_share(Writer& out, const Share& share, std::string_view none) {
  const auto cell = out.open("td");
  if (share.of <= 0) {
    out.element("small", none);
    return;
  }
  const double value = within(static_cast<double>(share.hits) / static_cast<double>(share.of));
  {
    const auto line = out.open("p");
    out.element("b", percent(value));
    out.element("small", fmt::format(" {} of {}; {} to {}", with_commas(share.hits), with_commas(share.of),
                                     rough_percent(share.low), rough_percent(share.high)));
  }
  draw_share(out, share, value);
}

}  // namespace

void write_classes(Writer& out, const Report& report) {
  if (report.class_scores.empty()) return;
  const auto section = out.open("section", {{"id", "classes"}});
  out.element("h2", "Class by class");
  out.element(
      "p", {{"class", "lead"}},
      fmt::format("On the test split, {}. The thin lines are 95 % intervals: where one is long, there "
                  "were too few pictures to tell.",
                  report.scored.empty() ? "as measured" : clip(report.scored, kNameBytes)));
  const auto scroll = out.open("div", {{"class", "scroll"}});
  const auto table = out.open("table", {{"class", "classes"}});
  out.element("caption", {{"class", "unseen"}}, "Precision and recall of each class");
  {
    const auto head = out.open("thead");
    const auto row = out.open("tr");
    const auto title = [&](std::string_view name, std::string_view meaning) {
      const auto cell = out.open("th", {{"scope", "col"}});
      out.text(name);
      if (!meaning.empty()) out.element("small", fmt::format(" {}", meaning));
    };
    title("Class", "");
    title("Precision", "when it says so, is it right?");
    title("Recall", "of those there are, how many does it find?");
  }
  const auto body = out.open("tbody");
  for (size_t i = 0; i < report.class_scores.size(); ++i) {
    const auto row = out.open("tr");
    out.element("th", {{"scope", "row"}},
                i < report.classes.size() ? clip(report.classes[i], kNameBytes) : fmt::format("class {}", i));
    write_share(out, report.class_scores[i].precision, "never said");
    write_share(out, report.class_scores[i].recall, "none in the test split");
  }
}

}  // namespace dew::report
