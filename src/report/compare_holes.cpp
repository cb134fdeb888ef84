// Slices where one arm fails and the other does not, with pictures.
#include <fmt/format.h>

#include <algorithm>

#include "report/compare_parts.h"
#include "report/parts.h"

namespace dew::report {
namespace {

constexpr size_t kMostSlices = 8;  ///< with pictures; those that can be chance are folded, but for the first
constexpr int kPictureSide = 128;
constexpr double kLevel = 0.05;

std::string classes_text(const ComparePage& page, const compare::Hole& hole) {
  constexpr size_t kMost = 5;
  std::string text;
  for (size_t i = 0; i < std::min(kMost, hole.classes.size()); ++i) {
    const auto& [answer, count] = hole.classes[i];
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ",
                        clip(page.classes[static_cast<size_t>(answer)], kNameBytes), count);
  }
  return text + (hole.classes.size() > kMost ? ", and more" : "");
}

void write_pictures(Writer& out, const ComparePage& page, size_t slice) {
  const auto tiles = out.open("div", {{"class", "tiles"}});
  for (const HolePicture& one : page.pictures) {
    if (one.slice != slice) continue;
    const auto figure = out.open("figure", {{"class", "tile"}});
    if (const std::string source = data_uri(one.picture, kPictureSide); !source.empty())
      out.leaf("img", {{"src", source}, {"alt", clip(one.truth, kNameBytes)}});
    const auto caption = out.open("figcaption");
    {
      const auto said = out.open("p", {{"class", "said"}});
      out.element("b", clip(one.truth, kNameBytes));
      if (!one.label_a.empty() && one.label_a != one.truth)
        out.element("small", "A: " + clip(one.label_a, kNameBytes));
    }
    out.element("small",
                fmt::format("wrong: A {}, B {}", rough_percent(one.wrong_a), rough_percent(one.wrong_b)));
    if (!one.reason.empty()) out.element("p", {{"class", "reason"}}, clip(one.reason, kTextBytes));
  }
}

void write_slice(Writer& out, const ComparePage& page, size_t number) {
  const compare::Hole& hole = page.findings.holes.slices[number];
  const auto article = out.open("article", {{"class", "event"}});
  out.element("h3", fmt::format("{}. {}", number + 1, clip(hole.name, kTextBytes)));
  out.element("p", {{"class", "note"}},
              fmt::format("{}: A wrong {}, B wrong {}; {}. People's classes: {}.",
                          counted(ssize(hole.pictures), "picture", "pictures"), percent(hole.wrong_a),
                          percent(hole.wrong_b), chance_text(hole.chance), classes_text(page, hole)));
  write_pictures(out, page, number);
}

}  // namespace

void write_holes(Writer& out, const ComparePage& page) {
  const compare::Holes& holes = page.findings.holes;
  if (holes.slices.empty()) return;
  const auto section = out.open("section", {{"id", "holes"}});
  out.element("h2", "Holes");
  out.element(
      "p", {{"class", "lead"}},
      fmt::format(
          "Slices of pictures that look alike and fare alike, by the gap between the arms. Chances are of "
          "the largest gap among all slices, found anew in {} exchanges of nets between the arms.",
          holes.exchanges - 1));
  const size_t shown = std::min(kMostSlices, holes.slices.size());
  size_t open = 0;
  while (open < shown && (open == 0 || holes.slices[open].chance < kLevel)) write_slice(out, page, open++);
  if (open == shown) return;
  const auto details = out.open("details");
  out.element("summary",
              fmt::format("{} whose gap can be chance", counted(int64_t(shown - open), "slice", "slices")));
  for (size_t i = open; i < shown; ++i) write_slice(out, page, i);
}

}  // namespace dew::report
