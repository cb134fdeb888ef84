#include "cascade/motion.h"

#include <cmath>
#include <numeric>

namespace dew::cascade {
namespace {

constexpr int kColumns = 64;
constexpr int kRows = 48;

std::vector<float> grey_cells(const Image& frame) {
  const Image small = resize(frame, kColumns, kRows);
  std::vector<float> cells(static_cast<size_t>(kColumns) * kRows);
  for (size_t i = 0; i < cells.size(); ++i) {
    const uint8_t* rgb = small.rgb.data() + 3 * i;
    cells[i] = 0.299F * static_cast<float>(rgb[0]) + 0.587F * static_cast<float>(rgb[1]) +
               0.114F * static_cast<float>(rgb[2]);
  }
  return cells;
}

}  // namespace

bool Motion::moves(const Image& frame) {
  std::vector<float> cells = grey_cells(frame);
  if (background_.empty()) {
    background_ = std::move(cells);
    share_ = 1;
    return true;
  }
  // A change of the light moves all cells alike, and is no motion.
  const auto mean = [](const std::vector<float>& all) {
    return std::accumulate(all.begin(), all.end(), 0.0F) / static_cast<float>(all.size());
  };
  const float light = mean(cells) - mean(background_);
  const auto memory = static_cast<float>(settings_.memory);
  int64_t changed = 0;
  for (size_t i = 0; i < cells.size(); ++i) {
    const float step = cells[i] - background_[i];
    changed += std::abs(step - light) >= static_cast<float>(settings_.least_step) ? 1 : 0;
    background_[i] += memory * step;
  }
  share_ = static_cast<double>(changed) / static_cast<double>(cells.size());
  return share_ >= settings_.least_share;
}

}  // namespace dew::cascade
