// The grid of tiles: what the label says and what the student says. Where they differ comes first.
#include <fmt/format.h>

#include <algorithm>

#include "report/parts.h"

namespace dew::report {
namespace {

constexpr size_t kMostTiles = 240;
constexpr int kTileSide = 128;

/// Disagreements first, the surest on top: those are a hard picture or a wrong label. Then the rest, the
/// least sure on top.
std::vector<const Tile*> in_order(const std::vector<Tile>& tiles) {
  std::vector<const Tile*> order;
  order.reserve(tiles.size());
  for (const Tile& tile : tiles) order.push_back(&tile);
  std::stable_sort(order.begin(), order.end(), [](const Tile* a, const Tile* b) {
    if (a->agree != b->agree) return !a->agree;
    return a->agree ? a->student_score < b->student_score : a->student_score > b->student_score;
  });
  return order;
}

void write_tile(Writer& out, const Tile& tile) {
  const std::string name = clip(tile.name, kNameBytes);
  const std::string reason = clip(tile.teacher_reason, kTextBytes);
  const std::string label = clip(tile.label, kNameBytes);
  const std::string student_said = clip(tile.student_said, kNameBytes);
  const std::string score = rough_percent(tile.student_score);
  const auto figure = out.open("figure", {{"class", tile.agree ? "tile agree" : "tile differ"},
                                          {"title", reason.empty() ? name : name + "\n" + reason}});
  const std::string source = data_uri(tile.picture, kTileSide);
  if (!source.empty())
    out.leaf("img", {{"src", source},
                     {"alt", fmt::format("{}: labelled {}, student says {}", name, label, student_said)},
                     {"width", kTileSide},
                     {"height", kTileSide},
                     {"decoding", "async"}});
  const auto caption = out.open("figcaption");
  const auto line = [&](std::string_view who, const std::string& said, const std::string& sure) {
    const auto part = out.open("p", {{"class", "said"}});
    out.element("small", std::string(who) + " ");
    out.element("b", said);
    if (!sure.empty()) out.element("small", " " + sure);
  };
  line("label", label, "");
  line("student", student_said, score);
  if (!reason.empty()) out.element("p", {{"class", "reason"}}, reason);
}

/// Two radio buttons that the style sheet listens to: no script needed.
void write_choice(Writer& out, size_t all, size_t differing) {
  const auto choice = out.open("div", {{"class", "choice"}, {"role", "radiogroup"}, {"aria-label", "Show"}});
  const auto button = [&](const char* id, const std::string& text, bool on) {
    const auto label = out.open("label", {{"for", id}});
    if (on)
      out.leaf("input", {{"type", "radio"}, {"name", "tiles"}, {"id", id}, {"checked", "checked"}});
    else
      out.leaf("input", {{"type", "radio"}, {"name", "tiles"}, {"id", id}});
    out.text(" " + text);
  };
  button("tiles-all", fmt::format("all {}", all), true);
  button("tiles-differ", fmt::format("the {} that differ", differing), false);
}

}  // namespace

void write_tiles(Writer& out, const Report& report) {
  if (report.tiles.empty()) return;
  std::vector<const Tile*> order = in_order(report.tiles);
  const size_t left_out = order.size() > kMostTiles ? order.size() - kMostTiles : 0;
  const auto differing = static_cast<size_t>(
      std::count_if(order.begin(), order.end(), [](const Tile* tile) { return !tile->agree; }));
  order.resize(order.size() - left_out);
  const auto section = out.open("section", {{"id", "tiles"}});
  out.element("h2", "Picture by picture");
  out.element("p", {{"class", "lead"}},
              differing == 0
                  ? fmt::format("Labels and student agree on all {}. The least sure come first.",
                                counted(ssize(report.tiles), "picture", "pictures"))
                  : fmt::format("Labels and student differ on {} of {}. Those come first, the surest "
                                "on top; then the rest, the least sure on top.",
                                differing, counted(ssize(report.tiles), "picture", "pictures")));
  if (left_out > 0)
    out.element("p", {{"class", "lead"}},
                fmt::format("{} left out here to keep the page small.",
                            counted(static_cast<int64_t>(left_out), "more picture is", "more pictures are")));
  if (differing > 0 && differing < order.size()) write_choice(out, order.size(), differing);
  const auto grid = out.open("div", {{"class", "tiles"}});
  for (const Tile* tile : order) write_tile(out, *tile);
}

}  // namespace dew::report
