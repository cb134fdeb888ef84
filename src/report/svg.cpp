// Scales, ticks and axes.
#include "report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace dew::report {
namespace {

/// The smallest of 1, 2, 5, 10 times a power of ten that is at least `value`.
double round_step(double value) {
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= value * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

}  // namespace

double Scale::operator()(double value) const {
  const double share =
      logarithmic ? std::log(value / from) / std::log(to / from) : (value - from) / (to - from);
  return low + share * (high - low);
}

std::vector<double> covering_ticks(double from, double to, int wanted) {
  if (!(to > from)) to = from + (from == 0 ? 1 : std::abs(from) / 2);
  const double step = round_step((to - from) / wanted);
  // A hair of slack, so that 0.6000000001 does not cost another step.
  const double first = std::floor(from / step + 1e-9);
  const double last = std::ceil(to / step - 1e-9);
  std::vector<double> ticks;
  // Counted, because adding 1 to a huge double changes nothing.
  for (int i = 0; i <= wanted + 2 && first + i <= last; ++i) ticks.push_back((first + i) * step);
  return ticks;
}

std::vector<double> covering_log_ticks(double from, double to) {
  constexpr std::array<double, 3> kFactors = {1, 2, 5};
  const auto tick = [&](int i) {
    const int decade = static_cast<int>(std::floor(i / 3.0));
    return kFactors[static_cast<size_t>(i - 3 * decade)] * std::pow(10, decade);
  };
  int first = 3 * static_cast<int>(std::floor(std::log10(from)));
  while (tick(first + 1) <= from) ++first;
  int last = first + 1;
  while (tick(last) < to) ++last;
  std::vector<double> ticks;
  // 1, 2, 5, 10 ... while that gives few; then decades; then every n-th of them.
  const int every = last - first <= 8 ? 1 : 3 * ((last - first) / 24 + 1);
  for (int i = first; i <= last; ++i)
    if (i == first || i == last || i % every == 0) ticks.push_back(tick(i));
  return ticks;
}

std::vector<double> byte_ticks(int64_t bytes) {
  int64_t step = 16;
  while (step * 6 < bytes) step *= 2;
  std::vector<double> ticks = {0};
  while (ticks.back() < static_cast<double>(bytes)) ticks.push_back(ticks.back() + static_cast<double>(step));
  if (ticks.size() == 1) ticks.push_back(static_cast<double>(step));
  return ticks;
}

std::string byte_label(double bytes) {
  if (bytes == 0) return "0";
  if (bytes < 1024) return fmt::format("{} B", bytes);
  if (bytes < 1024 * 1024) return fmt::format("{} KiB", bytes / 1024);
  return fmt::format("{} MiB", number(bytes / (1024 * 1024)));
}

void draw_y_axis(Writer& out, const Plot& plot, const Scale& scale, const std::vector<double>& ticks,
                 const std::function<std::string(double)>& label) {
  const auto group = out.open("g", {{"class", "axis y"}});
  for (const double tick : ticks) {
    const double y = scale(tick);
    out.leaf("line", {{"class", "grid"}, {"x1", plot.left}, {"x2", plot.right}, {"y1", y}, {"y2", y}});
    out.element("text", {{"x", plot.left - 8}, {"y", y + 4}, {"text-anchor", "end"}}, label(tick));
  }
}

void draw_x_axis(Writer& out, const Plot& plot, const Scale& scale, const std::vector<double>& ticks,
                 const std::function<std::string(double)>& label) {
  const auto group = out.open("g", {{"class", "axis x"}});
  out.leaf("line", {{"x1", plot.left}, {"x2", plot.right}, {"y1", plot.bottom}, {"y2", plot.bottom}});
  for (const double tick : ticks) {
    const double x = scale(tick);
    out.leaf("line", {{"x1", x}, {"x2", x}, {"y1", plot.bottom}, {"y2", plot.bottom + 5}});
    out.element("text", {{"x", x}, {"y", plot.bottom + 19}, {"text-anchor", "middle"}}, label(tick));
  }
}

}  // namespace dew::report
