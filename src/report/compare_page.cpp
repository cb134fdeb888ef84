#include "report/compare_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/base.h"
#include "report/compare_parts.h"
#include "report/parts.h"

namespace dew::report {
namespace {

constexpr const char* kNotTold = "cannot be told";

/// A true minus, so that signs are as wide as plus.
std::string signed_points(double share) {
  const double points = 100 * share;
  return fmt::format("{}{:.1f}", points < -0.05 ? "\u2212" : points > 0.05 ? "+" : "", std::abs(points));
}

std::string signed_kappa(double kappa) {
  return fmt::format("{}{:.2f}", kappa <= -0.005 ? "\u2212" : "", std::abs(kappa));
}

void write_header(Writer& out, const ComparePage& page) {
  out.element("h1",
              fmt::format("Taught by {}, taught by {}", clip(page.a, kNameBytes), clip(page.b, kNameBytes)));
  {
    const auto line = out.open("p", {{"class", "verdict"}});
    const size_t first = std::min(page.answer.find(". "), page.answer.size());
    out.element("strong", page.answer.substr(0, first));
    out.text(page.answer.substr(first));
  }
  write_facts(out, {{"Asked", page.question},
                    {"Tested", counted(page.findings.pictures, "picture", "pictures")},
                    {"Nets", fmt::format("{} for each label set", page.findings.seeds)},
                    {"Made", page.made_at}});
}

void write_settings(Writer& out, const ComparePage& page) {
  const auto section = out.open("section", {{"id", "settings"}});
  out.element("h2", "How it was made");
  std::vector<std::vector<std::string>> rows;
  for (const Row& row : page.settings)
    rows.push_back({row.name, clip(row.value, kTextBytes) + (row.note.empty() ? "" : " (" + row.note + ")")});
  write_table(out, "Settings", {"", ""}, rows);
}

}  // namespace

std::string share_text(const compare::Figure& figure) {
  if (!figure) return kNotTold;
  return fmt::format("{:.1f}\u00a0% ({:.1f} to {:.1f})", 100 * figure->value, 100 * figure->low,
                     100 * figure->high);
}

std::string points_text(const compare::Figure& figure) {
  if (!figure) return kNotTold;
  return fmt::format("{} ({} to {})", signed_points(figure->value), signed_points(figure->low),
                     signed_points(figure->high));
}

std::string kappa_text(const compare::Figure& figure) {
  if (!figure) return kNotTold;
  return fmt::format("{} ({} to {})", signed_kappa(figure->value), signed_kappa(figure->low),
                     signed_kappa(figure->high));
}

std::string chance_text(const std::optional<double>& chance) {
  if (!chance) return "";
  if (*chance < 0.001) return "p < .001";
  return "p = " + fmt::format("{:.3f}", *chance).substr(*chance < 1 ? 1 : 0);
}

void write_table(Writer& out, const std::string& caption, const std::vector<std::string>& head,
                 const std::vector<std::vector<std::string>>& rows) {
  const auto scroll = out.open("div", {{"class", "scroll"}});
  const auto table = out.open("table", {{"class", "numbers compared"}});
  out.element("caption", {{"class", "unseen"}}, caption);
  {
    const auto top = out.open("thead");
    const auto row = out.open("tr");
    for (const std::string& name : head) out.element("th", {{"scope", "col"}}, name);
  }
  const auto body = out.open("tbody");
  for (const auto& cells : rows) {
    const auto row = out.open("tr");
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i == 0)
        out.element("th", {{"scope", "row"}}, clip(cells[i], kNameBytes));
      else
        out.element("td", cells[i]);
    }
  }
}

std::string to_html(const ComparePage& page) {
  return whole_page(
      page.title, clip(page.title, kNameBytes) + " – comparison",
      [&](Writer& out) { write_header(out, page); },
      [&](Writer& out) {
        write_verdicts(out, page);
        write_accuracy(out, page);
        write_consistency(out, page);
        write_inheritance(out, page);
        write_holes(out, page);
        write_drift(out, page);
        write_what_to_do(out, page);
        write_cannot(out, page);
        write_settings(out, page);
      });
}

}  // namespace dew::report
