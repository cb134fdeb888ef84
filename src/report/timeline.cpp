// The memory timeline: a rectangle a buffer, the plan's steps to the right, bytes of the arena upwards.
#include <fmt/format.h>

#include <algorithm>

#include "report/parts.h"
#include "report/svg.h"

namespace dew::report {
namespace {

constexpr double kWidth = 1160;
constexpr double kNames = 146;  ///< height kept for the steps' names
constexpr Plot kPlot = {72, 22, kWidth - 16, 362};
constexpr double kHeight = kPlot.bottom + kNames;
constexpr double kNamePitch = 13;  ///< narrowest distance of two names that can still be read
constexpr double kGlyph = 6.2;     ///< width of an average letter of a buffer's name
constexpr int kColours = 8;        ///< .c0 ... .c7 in report.css

int step_count(const Report& report) {
  int steps = static_cast<int>(report.steps.size());
  for (const Buffer& buffer : report.buffers) steps = std::max(steps, buffer.last_step + 1);
  return steps;
}

std::string step_name(const Report& report, int step) {
  const auto at = static_cast<size_t>(step);
  return at < report.steps.size() ? report.steps[at] : fmt::format("step {}", step);
}

/// Bytes of the arena that hold something during `step`. Buffers may share bytes (in-place operators), so
/// this is the length of their union.
int64_t bytes_alive(const std::vector<Buffer>& buffers, int step) {
  std::vector<std::pair<int64_t, int64_t>> spans;
  for (const Buffer& buffer : buffers)
    if (buffer.first_step <= step && step <= buffer.last_step)
      spans.emplace_back(buffer.offset, buffer.offset + buffer.bytes);
  std::sort(spans.begin(), spans.end());
  int64_t alive = 0;
  int64_t seen = INT64_MIN;
  for (const auto& [from, to] : spans) {
    alive += std::max<int64_t>(0, to - std::max(from, seen));
    seen = std::max(seen, to);
  }
  return alive;
}

/// What the drawing needs to know of the plan.
struct Memory {
  int steps = 0;
  int64_t arena = 0;
  int peak_step = 0;
  int64_t peak = 0;  ///< most bytes alive at once
};

Memory measure(const Report& report) {
  Memory memory;
  memory.steps = step_count(report);
  memory.arena = report.arena_bytes;
  for (const Buffer& buffer : report.buffers)
    memory.arena = std::max(memory.arena, buffer.offset + buffer.bytes);
  for (int step = 0; step < memory.steps; ++step)
    if (const int64_t alive = bytes_alive(report.buffers, step); alive > memory.peak) {
      memory.peak = alive;
      memory.peak_step = step;
    }
  return memory;
}

void draw_peak_step(Writer& out, const Memory& memory, const Scale& x) {
  const double from = x(memory.peak_step);
  const double width = x(memory.peak_step + 1) - from;
  out.leaf("rect", {{"class", "peak-step"},
                    {"x", from},
                    {"y", kPlot.top},
                    {"width", width},
                    {"height", kPlot.bottom - kPlot.top}});
  const double middle = from + width / 2;
  out.leaf("path", {{"class", "peak-mark"},
                    {"d", fmt::format("M{} {}l-5 -8h10z", coordinate(middle), coordinate(kPlot.top - 1))}});
  const bool right_half = middle > (kPlot.left + kPlot.right) / 2;
  out.element("text",
              {{"class", "peak-text"},
               {"x", middle + (right_half ? -10 : 10)},
               {"y", kPlot.top - 3},
               {"text-anchor", right_half ? "end" : "start"}},
              fmt::format("peak {} B, step {}", with_commas(memory.peak), memory.peak_step));
}

void draw_buffer(Writer& out, const Buffer& buffer, size_t index, const Scale& x, const Scale& y) {
  const double left = x(buffer.first_step);
  const double width = x(buffer.last_step + 1) - left;
  const double top = y(static_cast<double>(buffer.offset + buffer.bytes));
  const double height = y(static_cast<double>(buffer.offset)) - top;
  const auto group = out.open("g", {{"class", fmt::format("buffer c{}", index % kColours)}});
  out.element("title", fmt::format("{}: {} B at offset {}, steps {} to {}", clip(buffer.name, kNameBytes),
                                   with_commas(buffer.bytes), with_commas(buffer.offset), buffer.first_step,
                                   buffer.last_step));
  out.leaf("rect", {{"x", left}, {"y", top}, {"width", width}, {"height", height}, {"rx", 1.5}});
  const double needed = kGlyph * static_cast<double>(buffer.name.size()) + 6;
  if (needed <= width && height >= 13)
    out.element("text", {{"x", left + width / 2}, {"y", top + height / 2 + 4}, {"text-anchor", "middle"}},
                buffer.name);
}

void draw_step_names(Writer& out, const Report& report, const Memory& memory, const Scale& x) {
  const double pitch = x(1) - x(0);
  const int every = std::max(1, static_cast<int>(kNamePitch / pitch + 0.999));
  const auto group = out.open("g", {{"class", "axis x steps"}});
  out.leaf("line", {{"x1", kPlot.left}, {"x2", kPlot.right}, {"y1", kPlot.bottom}, {"y2", kPlot.bottom}});
  for (int step = 0; step < memory.steps; step += every) {
    const std::string name = step_name(report, step);
    const double middle = x(step + 0.5);
    out.leaf("line", {{"x1", middle}, {"x2", middle}, {"y1", kPlot.bottom}, {"y2", kPlot.bottom + 4}});
    const auto text =
        out.open("text", {{"class", step == memory.peak_step ? "step peak" : "step"},
                          {"text-anchor", "end"},
                          {"transform", fmt::format("translate({} {}) rotate(-60)", coordinate(middle + 3),
                                                    coordinate(kPlot.bottom + 14))}});
    out.element("title", fmt::format("step {}: {}, {} B alive", step, clip(name, kNameBytes),
                                     with_commas(bytes_alive(report.buffers, step))));
    out.text(clip(name, 20));
  }
}

void draw_arena(Writer& out, const Memory& memory, const Scale& y) {
  const double top = y(static_cast<double>(memory.arena));
  out.leaf("line", {{"class", "arena"}, {"x1", kPlot.left}, {"x2", kPlot.right}, {"y1", top}, {"y2", top}});
  out.element("text", {{"class", "arena"}, {"x", kPlot.right}, {"y", top - 6}, {"text-anchor", "end"}},
              fmt::format("arena {} B", with_commas(memory.arena)));
}

void write_chart(Writer& out, const Report& report, const Memory& memory) {
  const std::vector<double> ticks = byte_ticks(memory.arena);
  const Scale x = {0, static_cast<double>(memory.steps), kPlot.left, kPlot.right};
  const Scale y = {0, ticks.back(), kPlot.bottom, kPlot.top};
  const std::string spoken =
      fmt::format("Memory over {}: {} in an arena of {} bytes", counted(memory.steps, "step", "steps"),
                  counted(ssize(report.buffers), "buffer", "buffers"), with_commas(memory.arena));
  const auto scroll = out.open(
      "div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "memory timeline"}});
  const auto svg = out.open("svg", {{"class", "timeline"},
                                    {"viewBox", fmt::format("0 0 {} {}", kWidth, kHeight)},
                                    {"role", "img"},
                                    {"aria-label", spoken}});
  draw_peak_step(out, memory, x);
  draw_y_axis(out, kPlot, y, ticks, byte_label);
  for (size_t i = 0; i < report.buffers.size(); ++i) draw_buffer(out, report.buffers[i], i, x, y);
  draw_arena(out, memory, y);
  draw_step_names(out, report, memory, x);
}

void write_buffers(Writer& out, const Report& report) {
  const auto details = out.open("details");
  out.element("summary", "The buffers");
  const auto scroll = out.open("div", {{"class", "scroll tall"}});
  const auto table = out.open("table", {{"class", "numbers"}});
  out.element("caption", {{"class", "unseen"}}, "Every buffer of the arena");
  {
    const auto head = out.open("thead");
    const auto row = out.open("tr");
    for (const char* title : {"Buffer", "Bytes", "Offset", "First step", "Last step"})
      out.element("th", {{"scope", "col"}}, title);
  }
  const auto body = out.open("tbody");
  for (const Buffer& buffer : report.buffers) {
    const auto row = out.open("tr");
    out.element("th", {{"scope", "row"}}, clip(buffer.name, kNameBytes));
    out.element("td", with_commas(buffer.bytes));
    out.element("td", with_commas(buffer.offset));
    out.element("td", fmt::format("{} {}", buffer.first_step,
                                  clip(step_name(report, buffer.first_step), kNameBytes)));
    out.element(
        "td", fmt::format("{} {}", buffer.last_step, clip(step_name(report, buffer.last_step), kNameBytes)));
  }
}

void write_summary(Writer& out, const Report& report, const Memory& memory) {
  const auto line = out.open("p", {{"class", "lead"}});
  out.element("b", fmt::format("{} bytes", with_commas(memory.arena)));
  out.text(fmt::format(" hold every tensor of one inference. Most bytes are alive in step {}, ",
                       memory.peak_step));
  out.element("b", clip(step_name(report, memory.peak_step), kNameBytes));
  out.text(fmt::format(": {} bytes. ", with_commas(memory.peak)));
  out.text(memory.peak == memory.arena
               ? "Nothing is lost to gaps: this order of steps cannot do with less."
               : fmt::format("The other {} bytes are gaps.", with_commas(memory.arena - memory.peak)));
}

}  // namespace

void write_timeline(Writer& out, const Report& report) {
  if (report.buffers.empty()) return;
  const Memory memory = measure(report);
  const auto section = out.open("section", {{"id", "memory"}});
  out.element("h2", "Memory, step by step");
  write_summary(out, report, memory);
  out.element("p", {{"class", "lead"}},
              "Each rectangle is a buffer: to the right the steps it lives for, upwards the bytes it holds.");
  write_chart(out, report, memory);
  write_buffers(out, report);
}

}  // namespace dew::report
