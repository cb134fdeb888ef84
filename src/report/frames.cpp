// Frames of the video, the regions lit where the student sees the class, marked where the label differs.
#include <fmt/format.h>

#include <algorithm>

#include "report/parts.h"

namespace dew::report {
namespace {

constexpr size_t kMostFrames = 24;
constexpr int kFrameSide = 560;

/// True where the label is one of the classes and not what the student sees. One that was set aside does
/// not differ.
bool differs(const LitFrame::Region& region, const Report& report) {
  const bool decided =
      std::find(report.classes.begin(), report.classes.end(), region.truth) != report.classes.end();
  return decided && (region.truth == report.lit_class) != region.lit;
}

/// A text with a plate behind it, so that it can be read on any picture.
struct Plate {
  const char* kind;
  double glyphs;  ///< in the text
  double size;    ///< of the type

  [[nodiscard]] double width() const { return size * (0.62 * glyphs + 0.5); }
  [[nodiscard]] double height() const { return size * 1.35; }
};

void draw_plate(Writer& out, const Plate& plate, double x, double y, std::string_view text) {
  const auto group = out.open("g", {{"class", plate.kind}, {"font-size", plate.size}});
  out.leaf(
      "rect",
      {{"x", x}, {"y", y}, {"width", plate.width()}, {"height", plate.height()}, {"rx", plate.size / 5}});
  out.element("text", {{"x", x + plate.width() / 2}, {"y", y + plate.size}, {"text-anchor", "middle"}}, text);
}

void draw_region(Writer& out, const LitFrame::Region& region, const Report& report, double size) {
  const bool marked = differs(region, report);
  const std::string seen = clip(report.lit_class, kNameBytes);
  const Rect& where = region.where;
  const auto group = out.open(
      "g", {{"class", fmt::format("region{}{}", region.lit ? " lit" : "", marked ? " differ" : "")}});
  out.element("title", region.truth.empty() ? fmt::format("{}: {}", seen, percent(region.score))
                                            : fmt::format("{}: {}; labelled {}", seen, percent(region.score),
                                                          clip(region.truth, kNameBytes)));
  // Drawn inside the region, so that neighbours do not cover each other's outline.
  const double inset = size / 8;
  out.leaf("rect", {{"x", where.x + inset},
                    {"y", where.y + inset},
                    {"width", std::max(0.0, where.width - 2 * inset)},
                    {"height", std::max(0.0, where.height - 2 * inset)}});
  const double margin = 2.5 * inset;
  if (region.lit || marked) {
    const std::string score = rough_percent(region.score);
    draw_plate(out, {"score", static_cast<double>(score.size()) - 1, size}, where.x + margin,
               where.y + margin, score);
  }
  if (marked) {  // in the opposite corner: in a small region the score needs the whole width
    const Plate plate = {"mark", 1, size};
    draw_plate(out, plate, where.x + where.width - margin - plate.width(),
               where.y + where.height - margin - plate.height(), "≠");
  }
}

void write_frame(Writer& out, const LitFrame& frame, const Report& report) {
  const auto lit = std::count_if(frame.regions.begin(), frame.regions.end(), [](auto& r) { return r.lit; });
  const auto marked = std::count_if(frame.regions.begin(), frame.regions.end(),
                                    [&](auto& region) { return differs(region, report); });
  const std::string name = clip(frame.name, kNameBytes);
  const std::string summary =
      fmt::format("{} lit{}", counted(lit, "region", "regions"),
                  marked > 0 ? fmt::format(", {} where the label differs", marked) : std::string());
  const auto figure = out.open("figure", {{"class", "frame"}});
  {
    const auto stack = out.open("div", {{"class", "stack"}});
    out.leaf("img", {{"src", data_uri(frame.frame, kFrameSide)},
                     {"alt", fmt::format("{}: {}", name, summary)},
                     {"width", frame.frame.width},
                     {"height", frame.frame.height},
                     {"decoding", "async"}});
    const auto svg =
        out.open("svg", {{"viewBox", fmt::format("0 0 {} {}", frame.frame.width, frame.frame.height)},
                         {"aria-hidden", "true"}});
    const double size = frame.frame.width / 30.0;
    for (const LitFrame::Region& region : frame.regions) draw_region(out, region, report, size);
  }
  const auto caption = out.open("figcaption");
  out.element("b", name);
  out.element("small", " " + summary);
}

void write_key(Writer& out, const Report& report) {
  const auto key = out.open("p", {{"class", "legend"}});
  out.element("span", {{"class", "key lit"}},
              fmt::format("student says {}, with its score", clip(report.lit_class, kNameBytes)));
  out.element("span", {{"class", "key differ"}}, "≠ the label differs");
}

}  // namespace

void write_frames(Writer& out, const Report& report) {
  std::vector<const LitFrame*> frames;
  for (const LitFrame& frame : report.lit_frames)
    if (!frame.frame.empty()) frames.push_back(&frame);
  if (frames.empty()) return;
  const auto section = out.open("section", {{"id", "frames"}});
  out.element("h2", "Where the student sees it");
  write_key(out, report);
  if (frames.size() > kMostFrames) {
    out.element("p", {{"class", "lead"}},
                fmt::format("{} of {} frames; the others are left out to keep the page small.", kMostFrames,
                            frames.size()));
    frames.resize(kMostFrames);
  }
  const auto grid = out.open("div", {{"class", "frames"}});
  for (const LitFrame* frame : frames) write_frame(out, *frame, report);
}

}  // namespace dew::report
