// The most confident mistakes, and what the net looked at: pictures with their heat maps beside them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/parts.h"

namespace dew::report {
namespace {

constexpr size_t kMostMistakes = 12;
constexpr size_t kMostLooks = 12;
constexpr int kSide = 176;

/// Scores that are none go last.
bool surer(const Tile* a, const Tile* b) {
  const auto rank = [](const Tile* tile) {
    return std::isfinite(tile->student_score) ? tile->student_score : -1;
  };
  return rank(a) > rank(b);
}

void write_picture(Writer& out, const Image& picture, const std::string& alt) {
  const std::string source = data_uri(picture, kSide);
  if (!source.empty())
    out.leaf("img",
             {{"src", source}, {"alt", alt}, {"width", kSide}, {"height", kSide}, {"decoding", "async"}});
}

void write_look(Writer& out, const Tile& tile) {
  const std::string name = clip(tile.name, kNameBytes);
  const std::string label = clip(tile.label, kNameBytes);
  const std::string said = clip(tile.student_said, kNameBytes);
  const std::string reason = clip(tile.teacher_reason, kTextBytes);
  const auto figure = out.open("figure", {{"class", "look"}});
  {
    const auto pair = out.open("div", {{"class", "pair"}});
    write_picture(out, tile.picture, fmt::format("{}: labelled {}, student says {}", name, label, said));
    if (tile.heat)
      write_picture(out, heated(tile.picture, *tile.heat, kSide),
                    fmt::format("where {} speaks for {} (orange) and for {} (blue)", name, said,
                                clip(tile.heat->against, kNameBytes)));
  }
  const auto caption = out.open("figcaption");
  {
    const auto line = out.open("p");
    if (!tile.agree) {
      out.element("small", "labelled ");
      out.element("b", label);
      out.element("small", ", student says ");
    }
    out.element("b", said);
    out.element("small", fmt::format(" {}", percent(tile.student_score)));
  }
  if (tile.agree && tile.heat)
    out.element("p", {{"class", "reason"}}, fmt::format("against {}", clip(tile.heat->against, kNameBytes)));
  if (!tile.agree && !reason.empty()) {
    const auto line = out.open("p", {{"class", "reason"}});
    out.text("The teacher: " + reason);
  }
  out.element("p", {{"class", "name"}}, name);
}

void write_grid(Writer& out, const std::vector<const Tile*>& tiles) {
  const auto grid = out.open("div", {{"class", "looks"}});
  for (const Tile* tile : tiles) write_look(out, *tile);
}

/// Of each class (in the order of `classes`) the surest that are right, as many of each as there is room for.
std::vector<const Tile*> examples(const Report& report) {
  const size_t each = std::max<size_t>(1, kMostLooks / std::max<size_t>(1, report.classes.size()));
  std::vector<const Tile*> chosen;
  for (const std::string& name : report.classes) {
    std::vector<const Tile*> right;
    for (const Tile& tile : report.tiles)
      if (tile.agree && tile.heat && tile.student_said == name) right.push_back(&tile);
    std::stable_sort(right.begin(), right.end(), surer);
    right.resize(std::min(right.size(), each));
    chosen.insert(chosen.end(), right.begin(), right.end());
  }
  chosen.resize(std::min(chosen.size(), kMostLooks));
  return chosen;
}

}  // namespace

void write_mistakes(Writer& out, const Report& report) {
  std::vector<const Tile*> wrong;
  for (const Tile& tile : report.tiles)
    if (!tile.agree) wrong.push_back(&tile);
  if (wrong.empty()) return;
  std::stable_sort(wrong.begin(), wrong.end(), surer);
  const size_t all = wrong.size();
  wrong.resize(std::min(all, kMostMistakes));
  const auto section = out.open("section", {{"id", "mistakes"}});
  out.element("h2", "The most confident mistakes");
  out.element(
      "p", {{"class", "lead"}},
      fmt::format(
          "{} of {} that the student got wrong, the surest first. Each is a hard picture, a "
          "wrong label, or a habit of the net's that more pictures would cure. Orange speaks for what "
          "the student said, blue for the label.",
          wrong.size(), counted(static_cast<int64_t>(all), "picture", "pictures")));
  write_grid(out, wrong);
}

void write_looks(Writer& out, const Report& report) {
  const std::vector<const Tile*> chosen = examples(report);
  if (chosen.empty()) return;
  const HeatMap& heat = *chosen.front()->heat;
  const auto section = out.open("section", {{"id", "looks"}});
  out.element("h2", "What the net looked at");
  {
    const auto lead = out.open("p", {{"class", "lead"}});
    out.text("The pictures it was surest of and right. ");
    out.element("span", {{"class", "key for"}}, "Orange");
    out.text(" is where a position, taken alone, speaks for what the student said, ");
    out.element("span", {{"class", "key against"}}, "blue");
    out.text(fmt::format(
        " where it speaks for the class named beside it; the mean over the picture is what decides. "
        "Class activation maps (Zhou et al., arXiv 1512.04150) of the net in float, {} × {} positions, "
        "drawn smooth; the strongest colour is each picture's own.",
        heat.rows, heat.columns));
  }
  write_grid(out, chosen);
}

}  // namespace dew::report
