// The tables of plain figures: the headline, the label counts of each split, the settings.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/parts.h"

namespace dew::report {
namespace {

void write_rows(Writer& out, const std::vector<Row>& rows, std::string_view kind, std::string_view caption) {
  const auto table = out.open("table", {{"class", kind}});
  out.element("caption", {{"class", "unseen"}}, caption);
  {
    const auto head = out.open("thead", {{"class", "unseen"}});
    const auto row = out.open("tr");
    for (const char* title : {"Figure", "Value", "Note"}) out.element("th", {{"scope", "col"}}, title);
  }
  const auto body = out.open("tbody");
  for (const Row& row : rows) {
    const auto line = out.open("tr");
    out.element("th", {{"scope", "row"}}, clip(row.name, kNameBytes));
    out.element("td", {{"class", "value"}}, clip(row.value, kTextBytes));
    out.element("td", {{"class", "note"}}, clip(row.note, kTextBytes));
  }
}

struct SplitTotals {
  std::string_view title;
  int64_t LabelCount::*count;
  int64_t labelled = 0;  ///< without those set aside
};

void write_count(Writer& out, const LabelCount& label, const SplitTotals& split) {
  const int64_t count = label.*split.count;
  const auto cell = out.open("td");
  out.element("span", {{"class", "count"}}, with_commas(count));
  if (label.set_aside || split.labelled == 0) return;
  const double share = static_cast<double>(count) / static_cast<double>(split.labelled);
  out.element("small", fmt::format(" {}", percent(share)));
  const auto bar = out.open("div", {{"class", "bar"}});
  out.element("div", {{"style", "width:" + coordinate(share * 100) + "%"}}, "");
}

void write_label_counts(Writer& out, const std::vector<LabelCount>& labels) {
  std::array<SplitTotals, 3> splits = {
      {{"Train", &LabelCount::train}, {"Validation", &LabelCount::validation}, {"Test", &LabelCount::test}}};
  for (SplitTotals& split : splits)
    for (const LabelCount& label : labels)
      if (!label.set_aside) split.labelled += label.*split.count;

  const auto table = out.open("table", {{"class", "labels"}});
  out.element("caption", "Pictures of each class, and their share of the split");
  {
    const auto head = out.open("thead");
    const auto row = out.open("tr");
    out.element("th", {{"scope", "col"}}, "Class");
    for (const SplitTotals& split : splits) out.element("th", {{"scope", "col"}}, split.title);
  }
  {
    const auto body = out.open("tbody");
    for (const LabelCount& label : labels) {
      const auto row = out.open("tr", {{"class", label.set_aside ? "aside" : "class"}});
      {
        const auto name = out.open("th", {{"scope", "row"}});
        out.text(clip(label.name, kNameBytes));
        if (label.set_aside) out.element("small", " set aside");
      }
      for (const SplitTotals& split : splits) write_count(out, label, split);
    }
  }
  const auto foot = out.open("tfoot");
  const auto row = out.open("tr");
  out.element("th", {{"scope", "row"}}, "Labelled");
  for (const SplitTotals& split : splits) out.element("td", with_commas(split.labelled));
}

}  // namespace

void write_figures(Writer& out, const Report& report) {
  if (report.headline.empty() && report.label_counts.empty()) return;
  const auto section = out.open("div", {{"class", "figures"}});
  if (!report.headline.empty()) {
    const auto part = out.open("section", {{"id", "figures"}});
    out.element("h2", "Figures");
    write_rows(out, report.headline, "headline", "What was measured");
  }
  if (!report.label_counts.empty()) {
    const auto part = out.open("section", {{"id", "labels"}});
    out.element("h2", "Labels");
    const auto scroll = out.open("div", {{"class", "scroll"}});
    write_label_counts(out, report.label_counts);
  }
}

void write_settings(Writer& out, const Report& report) {
  if (report.settings.empty()) return;
  const auto section = out.open("section", {{"id", "settings"}});
  out.element("h2", "Settings");
  out.element("p", {{"class", "lead"}}, "This run is made again with:");
  write_rows(out, report.settings, "settings", "How this run was made");
}

}  // namespace dew::report
