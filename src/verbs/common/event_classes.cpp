#include "verbs/common/event_classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace dew::verbs {
namespace {

/// Names of classes that say that nothing is there.
constexpr std::array<std::string_view, 16> kNothing = {
    "no",    "none",  "nothing", "other",    "background", "bg",   "empty", "unknown",
    "false", "clear", "normal",  "negative", "absent",     "idle", "rest",  "nobody"};

bool says_nothing(const std::string& name) {
  const std::string plain = lower(name);
  return std::find(kNothing.begin(), kNothing.end(), plain) != kNothing.end() || plain.starts_with("no ") ||
         plain.starts_with("no_") || plain.starts_with("no-") || plain.starts_with("not ") ||
         plain.starts_with("non-");
}

Result<std::vector<std::string>> chosen_classes(const Settings& settings,
                                                const std::vector<std::string>& classes) {
  if (!settings.when.all.empty()) return settings.when.all;
  std::vector<std::string> events;
  for (const std::string& name : classes)
    if (!says_nothing(name)) events.push_back(name);
  if (!events.empty() && events.size() < classes.size()) return events;
  return usage_error("it is not known which of the classes are events", {},
                     "name them: --when " + shell_quoted(classes.empty() ? "yes" : classes.front()) +
                         ", or `when` under [cascade] in dewdrop.toml; the classes are " +
                         printable(join(classes)));
}

double of(const Numbers& numbers, size_t event) {
  return numbers.all[numbers.all.size() == 1 ? 0 : event];
}

}  // namespace

Result<std::vector<EventClass>> event_classes(const Settings& settings,
                                              const std::vector<std::string>& classes) {
  DEW_TRY(const auto events, chosen_classes(settings, classes));
  for (const Numbers* numbers : {&settings.on, &settings.off})
    if (numbers->all.size() != 1 && numbers->all.size() != events.size())
      return usage_error(
          fmt::format("{} are given, and {}", plural(std::ssize(numbers->all), "score", "scores"),
                      plural(std::ssize(events), "class is an event", "classes are events")),
          {}, "give one score, or one for each class of --when");
  std::vector<EventClass> found;
  for (size_t i = 0; i < events.size(); ++i) {
    const auto output = std::find(classes.begin(), classes.end(), events[i]);
    if (output == classes.end())
      return usage_error("the net has no class '" + printable(events[i], 40) + "'", {},
                         "its classes are " + printable(join(classes)));
    cascade::Rule rule{events[i],  of(settings.on, i), of(settings.off, i), settings.n,
                       settings.m, settings.rest,      settings.quiet};
    DEW_CHECK(cascade::check_rule(rule));
    found.push_back({rule, static_cast<size_t>(output - classes.begin())});
  }
  return found;
}

Result<TileGrid> parse_tiles(const std::string& text) {
  constexpr int kMost = 64;
  TileGrid grid;
  const char* end = text.data() + text.size();
  const auto columns = std::from_chars(text.data(), end, grid.columns);
  const bool crossed = columns.ec == std::errc() && columns.ptr != end && *columns.ptr == 'x';
  const auto rows = crossed ? std::from_chars(columns.ptr + 1, end, grid.rows) : columns;
  if (!crossed || rows.ec != std::errc() || rows.ptr != end || grid.columns < 1 || grid.rows < 1 ||
      grid.columns > kMost || grid.rows > kMost || grid.columns * grid.rows > kMost)
    return usage_error("'" + printable(text, 40) + "' is no grid of tiles", "--tiles",
                       fmt::format("write columns x rows, 3x2; at most {} tiles", kMost));
  return grid;
}

}  // namespace dew::verbs
