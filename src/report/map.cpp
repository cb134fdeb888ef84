// The map of the test pictures: near one another where the net sees them alike.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "report/parts.h"

namespace dew::report {
namespace {

constexpr double kWidth = 960;
constexpr double kMargin = 30;
constexpr double kThumbnail = 36;
constexpr int kThumbnailPixels = 44;
constexpr size_t kMostThumbnails = 240;
constexpr size_t kColours = 8;
constexpr size_t kMarks = 32;  ///< classes that have a mark of their own

/// A dot where it is drawn.
struct Point {
  double x = 0;
  double y = 0;
  size_t label = 0;  ///< index of the class; past the end where the label is none of them
  const Tile* tile = nullptr;
};

struct Layout {
  std::vector<Point> points;
  double height = 0;
};

bool usable(const Dot& dot, const Report& report) {
  constexpr double kFurthest = 1e12;
  return dot.tile < report.tiles.size() && std::abs(dot.x) < kFurthest && std::abs(dot.y) < kFurthest;
}

/// Scales both axes alike so that all fits the width, or the greatest height.
Layout lay_out(const Report& report) {
  constexpr double kLeastHeight = 360;
  constexpr double kGreatestHeight = 680;
  std::map<std::string, size_t> label_of;
  for (size_t i = 0; i < report.classes.size(); ++i) label_of.emplace(report.classes[i], i);
  Layout layout;
  for (const Dot& dot : report.dots) {
    if (!usable(dot, report)) continue;
    const Tile& tile = report.tiles[dot.tile];
    const auto found = label_of.find(tile.label);
    layout.points.push_back(
        {dot.x, dot.y, found == label_of.end() ? report.classes.size() : found->second, &tile});
  }
  if (layout.points.empty()) return layout;
  const auto extent = [&](double Point::*axis) {
    const auto [low, high] =
        std::minmax_element(layout.points.begin(), layout.points.end(),
                            [&](const Point& a, const Point& b) { return a.*axis < b.*axis; });
    return std::pair(*low.*axis, *high.*axis);
  };
  const auto [left, right] = extent(&Point::x);
  const auto [bottom, top] = extent(&Point::y);
  const double wide = kWidth - 2 * kMargin;
  const double tall = kGreatestHeight - 2 * kMargin;
  double scale = 0;
  if (right > left) scale = wide / (right - left);
  if (top > bottom) scale = scale == 0 ? tall / (top - bottom) : std::min(scale, tall / (top - bottom));
  layout.height = std::clamp((top - bottom) * scale + 2 * kMargin, kLeastHeight, kGreatestHeight);
  for (Point& point : layout.points) {
    point.x = kWidth / 2 + (point.x - (left + right) / 2) * scale;
    point.y = layout.height / 2 - (point.y - (bottom + top) / 2) * scale;
  }
  return layout;
}

/// Classes differ in colour and in shape, so that either is enough.
std::string style_of(size_t label) {
  return label < kMarks ? fmt::format("k{}", (label + label / kColours) % kColours) : std::string("other");
}

/// A circle, square, triangle or diamond of like areas.
std::string shape_of(size_t label, double x, double y, double r) {
  const auto at = [&](double dx, double dy) { return coordinate(x + dx) + " " + coordinate(y + dy); };
  const auto outline = [&](std::initializer_list<std::array<double, 2>> corners) {
    std::string path;
    for (const auto& corner : corners) path += (path.empty() ? "M" : "L") + at(corner[0] * r, corner[1] * r);
    return path + "Z";
  };
  switch (label < kMarks ? label % 4 : 0) {
    case 1:
      return outline({{-0.89, -0.89}, {0.89, -0.89}, {0.89, 0.89}, {-0.89, 0.89}});
    case 2:
      return outline({{0, -1.3}, {1.2, 0.85}, {-1.2, 0.85}});
    case 3:
      return outline({{0, -1.3}, {1.3, 0}, {0, 1.3}, {-1.3, 0}});
    default: {
      const std::string arc = fmt::format("A{} {} 0 0 1 ", coordinate(r), coordinate(r));
      return "M" + at(-r, 0) + arc + at(r, 0) + arc + at(-r, 0) + "Z";
    }
  }
}

std::string told(const Tile& tile) {
  return fmt::format("{}\nlabelled {}, student says {} ({})", clip(tile.name, kNameBytes),
                     clip(tile.label, kNameBytes), clip(tile.student_said, kNameBytes),
                     percent(tile.student_score));
}

void draw_dot(Writer& out, const Point& point) {
  constexpr double kRadius = 5;
  const auto group = out.open("g", {{"class", "dot"}});
  out.element("title", told(*point.tile));
  if (!point.tile->agree)
    out.leaf("circle", {{"class", "ring"}, {"cx", point.x}, {"cy", point.y}, {"r", kRadius + 4}});
  out.leaf("path",
           {{"class", style_of(point.label)}, {"d", shape_of(point.label, point.x, point.y, kRadius)}});
}

/// Those that get a picture: mistakes before the rest, each only where no earlier one lies.
std::vector<const Point*> with_room(const std::vector<Point>& points) {
  std::vector<const Point*> order;
  for (const bool agree : {false, true})
    for (const Point& point : points)
      if (point.tile->agree == agree && !point.tile->picture.empty()) order.push_back(&point);
  std::vector<const Point*> chosen;
  for (const Point* point : order) {
    const bool free = std::none_of(chosen.begin(), chosen.end(), [&](const Point* other) {
      constexpr double kApart = kThumbnail + 7;
      return std::abs(other->x - point->x) < kApart && std::abs(other->y - point->y) < kApart;
    });
    if (free) chosen.push_back(point);
    if (chosen.size() == kMostThumbnails) break;
  }
  return chosen;
}

void draw_thumbnail(Writer& out, const Point& point) {
  const double left = point.x - kThumbnail / 2;
  const double top = point.y - kThumbnail / 2;
  const auto group = out.open("g", {{"class", "thumbnail"}});
  out.element("title", told(*point.tile));
  const auto frame = [&](const std::string& style, double beyond) {
    out.leaf("rect", {{"class", style},
                      {"x", left - beyond},
                      {"y", top - beyond},
                      {"width", kThumbnail + 2 * beyond},
                      {"height", kThumbnail + 2 * beyond}});
  };
  if (!point.tile->agree) frame("ring", 4);
  out.leaf("image", {{"href", data_uri(point.tile->picture, kThumbnailPixels)},
                     {"x", left},
                     {"y", top},
                     {"width", kThumbnail},
                     {"height", kThumbnail},
                     {"preserveAspectRatio", "xMidYMid slice"}});
  frame("frame " + style_of(point.label), 0);
  // The class's mark in the corner: the frame's colour alone is not enough.
  out.leaf("path", {{"class", style_of(point.label)}, {"d", shape_of(point.label, left + 3, top + 3, 4.5)}});
}

void write_legend(Writer& out, const Report& report, const std::vector<Point>& points) {
  const auto legend = out.open("p", {{"class", "legend marks"}});
  const auto entry = [&](size_t label, const std::string& name, int64_t count) {
    const auto span = out.open("span");
    {
      const auto svg = out.open("svg", {{"viewBox", "-8 -8 16 16"}, {"aria-hidden", "true"}});
      out.leaf("path", {{"class", style_of(label)}, {"d", shape_of(label, 0, 0, 5)}});
    }
    out.text(name + " ");
    out.element("b", with_commas(count));
  };
  std::vector<int64_t> counts(report.classes.size() + 1);
  for (const Point& point : points) ++counts[point.label];
  int64_t others = counts.back();
  for (size_t i = 0; i < report.classes.size(); ++i) {
    if (i < kMarks)
      entry(i, clip(report.classes[i], kNameBytes), counts[i]);
    else
      others += counts[i];
  }
  if (others > 0) entry(kMarks, "other classes", others);
  const auto span = out.open("span");
  {
    const auto svg = out.open("svg", {{"viewBox", "-10 -10 20 20"}, {"aria-hidden", "true"}});
    out.leaf("circle", {{"class", "ring"}, {"cx", 0}, {"cy", 0}, {"r", 8}});
  }
  out.text("ringed: student and label differ");
}

/// As the tiles' choice: two radio buttons that the style sheet listens to.
void write_choice(Writer& out) {
  const auto choice = out.open("div", {{"class", "choice"}, {"role", "radiogroup"}, {"aria-label", "Show"}});
  {
    const auto label = out.open("label", {{"for", "map-pictures"}});
    out.leaf("input", {{"type", "radio"}, {"name", "map"}, {"id", "map-pictures"}, {"checked", "checked"}});
    out.text(" pictures");
  }
  const auto label = out.open("label", {{"for", "map-marks"}});
  out.leaf("input", {{"type", "radio"}, {"name", "map"}, {"id", "map-marks"}});
  out.text(" marks only");
}

}  // namespace

void write_map(Writer& out, const Report& report) {
  const Layout layout = lay_out(report);
  if (layout.points.empty()) return;
  const auto wrong = std::count_if(layout.points.begin(), layout.points.end(),
                                   [](const Point& point) { return !point.tile->agree; });
  const std::string count = counted(ssize(layout.points), "test picture", "test pictures");
  const auto section = out.open("section", {{"id", "map"}});
  out.element("h2", "Map of the test pictures");
  out.element(
      "p", {{"class", "lead"}},
      fmt::format("{} as the net sees them: the features that its last layer reads, brought from many "
                  "numbers to two by t-SNE. Near one another means alike to the net; how far apart two "
                  "groups lie, and the axes, mean nothing. A mark among those of another class is a picture "
                  "to look at.",
                  count));
  write_legend(out, report, layout.points);
  write_choice(out);
  const auto svg = out.open(
      "svg", {{"class", "map"},
              {"viewBox", fmt::format("0 0 {} {}", kWidth, coordinate(layout.height))},
              {"role", "img"},
              {"aria-label", fmt::format("Map of {}; student and label differ on {}", count, wrong)}});
  for (const bool agree : {true, false})
    for (const Point& point : layout.points)
      if (point.tile->agree == agree) draw_dot(out, point);
  const auto pictures = out.open("g", {{"class", "pictures"}});
  std::vector<const Point*> thumbnails = with_room(layout.points);
  std::reverse(thumbnails.begin(), thumbnails.end());  // mistakes on top
  for (const Point* point : thumbnails) draw_thumbnail(out, *point);
}

}  // namespace dew::report
