// What the charts share: scales from data to pixels, ticks at round numbers, axes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "report/html.h"

namespace dew::report {

/// Maps data from...to linearly, or by its logarithm, onto pixels low...high. from < to.
struct Scale {
  double from = 0;
  double to = 1;
  double low = 0;
  double high = 1;
  bool logarithmic = false;

  [[nodiscard]] double operator()(double value) const;
};

/// Round numbers (1, 2 or 5 times a power of ten), about `wanted` of them; the first is at or below
/// `from`, the last at or above `to`.
std::vector<double> covering_ticks(double from, double to, int wanted);

/// The same for a logarithmic axis; from > 0.
std::vector<double> covering_log_ticks(double from, double to);

/// Powers of two apart, from 0 to at or above `bytes`.
std::vector<double> byte_ticks(int64_t bytes);

/// "48 KiB", "512 B".
std::string byte_label(double bytes);

/// Where a chart's drawing area lies inside its viewBox.
struct Plot {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

/// Grid lines across the plot with labels at their left.
void draw_y_axis(Writer& out, const Plot& plot, const Scale& scale, const std::vector<double>& ticks,
                 const std::function<std::string(double)>& label);
/// Short strokes below the plot with labels under them.
void draw_x_axis(Writer& out, const Plot& plot, const Scale& scale, const std::vector<double>& ticks,
                 const std::function<std::string(double)>& label);

}  // namespace dew::report
