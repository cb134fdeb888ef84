#include "verbs/cascade/scorer.h"

#include <algorithm>

#include "verbs/common/pictures.h"

namespace dew::verbs {
Scorer::Scorer(const Model& model, std::vector<EventClass> events, TileGrid tiles, double temperature)
    : model_(model), net_(model.plan), events_(std::move(events)), tiles_(tiles), temper_(temperature) {}

Result<bool> Scorer::look(const Image& part, const std::optional<Rect>& tile, FrameScores& found) {
  DEW_TRY(const auto tensor, to_tensor(part, model_.plan.input));
  DEW_TRY(const auto output, net_.run(tensor));
  std::vector<uint8_t> steps;
  for (const double value : scores(output, model_.plan)) steps.push_back(cascade::score_step(value));
  temper_.apply(steps);
  for (size_t i = 0; i < events_.size(); ++i) {
    const uint8_t score = steps[events_[i].output];
    if (score <= found.scores[i]) continue;
    found.scores[i] = score;
    found.looks[i] = tile;
  }
  return is_known(output, model_.plan);
}

Result<FrameScores> Scorer::score(const Image& frame) {
  FrameScores found{std::vector<uint8_t>(events_.size()), std::vector<std::optional<Rect>>(events_.size()),
                    true};
  DEW_TRY(found.known, look(frame, std::nullopt, found));
  if (tiles_.columns * tiles_.rows == 1) return found;
  const auto regions = tiles(frame.width, frame.height, tiles_.columns, tiles_.rows);
  for (const Rect& region : regions) {
    DEW_TRY(const bool known, look(crop(frame, region), region, found));
    found.known = found.known || known;
  }
  return found;
}

}  // namespace dew::verbs
