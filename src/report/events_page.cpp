#include "report/events_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/base.h"
#include "report/parts.h"
#include "report/svg.h"

namespace dew::report {
namespace {

constexpr int kPictureSide = 240;
constexpr double kWidth = 1000;
constexpr double kRow = 34;
constexpr double kLeft = 26;
constexpr double kRight = kWidth - 32;

/// "2:03.5" of 123.5 seconds.
std::string clock_text(double seconds) {
  const auto tenths = static_cast<int64_t>(seconds * 10 + 0.5);
  return fmt::format("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10);
}

std::string anchor(const ShownEvent& event) {
  return fmt::format("event-{}", event.id);
}

std::vector<std::string> sources_of(const EventsPage& page) {
  std::vector<std::string> sources;
  for (const ShownEvent& event : page.shown)
    if (std::find(sources.begin(), sources.end(), event.source) == sources.end())
      sources.push_back(event.source);
  return sources;
}

/// A row a source; an event is as wide as it is long, and leads to its section.
void write_rows(Writer& out, const EventsPage& page) {
  const std::vector<std::string> sources = sources_of(page);
  double last = 1;
  for (const ShownEvent& event : page.shown) last = std::max(last, event.end);
  const std::vector<double> ticks = covering_ticks(0, last, 8);
  const Scale x{0, ticks.back(), kLeft, kRight};
  const double bottom = kRow * static_cast<double>(sources.size()) + 6;
  const auto scroll = out.open("div", {{"class", "scroll"}});
  const auto svg =
      out.open("svg", {{"class", "events"},
                       {"viewBox", fmt::format("0 0 {} {}", kWidth, coordinate(bottom + 30))},
                       {"role", "img"},
                       {"aria-label", fmt::format("Events over time: {} from {}",
                                                  counted(ssize(page.shown), "event", "events"),
                                                  counted(ssize(sources), "source", "sources"))}});
  draw_x_axis(out, {kLeft, 0, kRight, bottom}, x, ticks, clock_text);
  for (size_t row = 0; row < sources.size(); ++row) {
    const double top = kRow * static_cast<double>(row);
    out.element("text", {{"class", "source"}, {"x", kLeft}, {"y", top + 12}}, clip(sources[row], kNameBytes));
    for (const ShownEvent& event : page.shown) {
      if (event.source != sources[row]) continue;
      const auto link = out.open("a", {{"href", "#" + anchor(event)}});
      const auto rect = out.open("g");
      out.element("title", fmt::format("{} {}, {} to {}, {}", event.event_class, event.id,
                                       clock_text(event.start), clock_text(event.end), percent(event.score)));
      out.leaf("rect", {{"x", x(event.start)},
                        {"y", top + 17},
                        {"width", std::max(2.0, x(event.end) - x(event.start))},
                        {"height", 12.0},
                        {"rx", 2.0}});
    }
  }
}

void write_answer(Writer& out, const ShownAnswer& answer) {
  if (!answer.question.empty()) out.element("p", {{"class", "note"}}, clip(answer.question, kTextBytes));
  const auto line = out.open("p", {{"class", "answer"}});
  out.element("small",
              clip(answer.by, kNameBytes) + (answer.state == "answered" ? ": " : ", " + answer.state + ": "));
  out.text(clip(answer.text, kTextBytes * 4));
  if (answer.usd && *answer.usd > 0) out.element("small", fmt::format(" ${:.4f}", *answer.usd));
}

void write_event(Writer& out, const ShownEvent& event) {
  const auto article = out.open("article", {{"class", "event"}, {"id", anchor(event)}});
  out.element("h3", fmt::format("{} {}, {} to {}", clip(event.event_class, kNameBytes), event.id,
                                clock_text(event.start), clock_text(event.end)));
  std::string facts = clip(event.source, kNameBytes);
  if (!event.at.empty()) facts += ", " + event.at;
  facts += fmt::format(", highest score {}", percent(event.score));
  if (event.state == "open") facts += ", goes on";
  if (event.state == "cut") facts += ", cut off by the end of the program";
  out.element("p", {{"class", "note"}}, facts);
  {
    const auto strip = out.open("div", {{"class", "strip"}});
    for (const ShownPicture& one : event.pictures) {
      const auto figure = out.open("figure");
      if (const std::string source = data_uri(one.picture, kPictureSide); !source.empty())
        out.leaf("img", {{"src", source}, {"alt", fmt::format("{} picture of event {}", one.why, event.id)}});
      out.element("figcaption",
                  fmt::format("{}, {}, {}", one.why, clock_text(one.seconds), rough_percent(one.score)));
    }
  }
  for (const ShownAnswer& answer : event.answers) write_answer(out, answer);
  if (event.answers.empty())
    out.element("p", {{"class", "note"}}, "The tiny model's word alone: nobody was asked.");
}

void write_header(Writer& out, const EventsPage& page) {
  out.element("h1", "What was seen");
  write_facts(out, {{"Asked about each", page.question},
                    {"Events", with_commas(page.events)},
                    {"Questions", with_commas(page.questions)},
                    {"Spent", page.questions > 0 ? fmt::format("${:.4f}", page.usd) : ""},
                    {"Made", page.made_at}});
}

void write_main(Writer& out, const EventsPage& page) {
  const auto section = out.open("section");
  if (page.shown.empty()) out.element("p", {{"class", "lead"}}, "No event is in the log yet.");
  if (page.events > ssize(page.shown))
    out.element("p", {{"class", "lead"}},
                fmt::format("The newest {} are shown.", counted(ssize(page.shown), "event", "events")));
  if (!page.shown.empty()) write_rows(out, page);
  for (const ShownEvent& event : page.shown) write_event(out, event);
}

}  // namespace

std::string to_html(const EventsPage& page) {
  return whole_page(
      page.title, clip(page.title, kNameBytes) + " – events", [&](Writer& out) { write_header(out, page); },
      [&](Writer& out) { write_main(out, page); });
}

}  // namespace dew::report
