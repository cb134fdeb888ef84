// Precision and recall of each class, with their intervals.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "report/parts.h"

namespace dew::report {
namespace {

constexpr size_t kMostRows = 24;  ///< of one table; beyond, the weakest classes stand before all of them
constexpr size_t kWeakest = 12;

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

void write_table(Writer& out, const Report& report, const std::vector<size_t>& shown) {
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
  for (const size_t i : shown) {
    const auto row = out.open("tr");
    out.element("th", {{"scope", "row"}},
                i < report.classes.size() ? clip(report.classes[i], kNameBytes) : fmt::format("class {}", i));
    write_share(out, report.class_scores[i].precision, "never said");
    write_share(out, report.class_scores[i].recall, "none in the test split");
  }
}

/// Of a class that the test split has not, nothing is known: it counts as found.
double recall_of(const ClassScore& score) {
  return score.recall.of > 0
             ? within(static_cast<double>(score.recall.hits) / static_cast<double>(score.recall.of))
             : 1;
}

std::vector<size_t> least_found(const std::vector<ClassScore>& scores, size_t count) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return recall_of(scores[a]) < recall_of(scores[b]); });
  order.resize(std::min(order.size(), count));
  return order;
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
  std::vector<size_t> all(report.class_scores.size());
  std::iota(all.begin(), all.end(), 0);
  if (all.size() <= kMostRows) return write_table(out, report, all);
  out.element("p", {{"class", "lead"}},
              fmt::format("The {} classes of which it finds the smallest share:", kWeakest));
  write_table(out, report, least_found(report.class_scores, kWeakest));
  const auto details = out.open("details");
  out.element("summary", fmt::format("All {} classes", all.size()));
  write_table(out, report, all);
}

}  // namespace dew::report
