#include "verbs/compare/arms.h"

#include <algorithm>
#include <cmath>

#include "compare/arms.h"
#include "compare/random.h"

namespace dew::verbs {
namespace {

/// Pictures are numbered by the fold or split in which they are together; noise stays within.
std::vector<int> strata(const Gathered& all) {
  std::vector<int> strata;
  for (size_t i = 0; i < all.fold.size(); ++i)
    strata.push_back(all.fold[i] >= 0 ? all.fold[i] : -1 - static_cast<int>(all.split[i]));
  return strata;
}

Arm same_labels(const std::vector<int>& labels, int seeds) {
  return {std::vector<std::vector<int>>(static_cast<size_t>(seeds), labels), 1};
}

/// What teaches when `fold` is tested.
std::vector<size_t> lessons(const Gathered& all, int fold, Split split) {
  std::vector<size_t> places;
  for (size_t i = 0; i < all.fold.size(); ++i)
    if (all.teaches(i) && all.fold[i] != fold && all.split[i] == split) places.push_back(i);
  return places;
}

std::vector<int> labels_at(const std::vector<int>& labels, const std::vector<size_t>& places) {
  std::vector<int> some;
  for (const size_t i : places) some.push_back(labels[i]);
  return some;
}

std::vector<size_t> reviewed(const Gathered& all, double share, bool by_suspicion, uint64_t seed) {
  std::vector<size_t> places = all.suspicious;
  std::erase_if(places, [&](size_t i) { return all.gold[i] < 0 || !all.teaches(i); });
  compare::Random random(seed);
  if (!by_suspicion) compare::shuffle(places, random);
  places.resize(static_cast<size_t>(std::llround(share * static_cast<double>(places.size()))));
  return places;
}

}  // namespace

std::vector<Arm> main_arms(const Gathered& all, int seeds) {
  std::vector<Arm> arms{same_labels(all.a, seeds), same_labels(all.b, seeds)};
  Arm noise;
  for (int seed = 1; seed <= seeds; ++seed)
    noise.labels.push_back(compare::matched_noise(all.gold, all.a, strata(all), static_cast<uint64_t>(seed)));
  arms.push_back(std::move(noise));
  return arms;
}

std::vector<Arm> part_arms(const Gathered& all, double share, int seeds) {
  Arm a = same_labels(all.a, seeds);
  Arm b = same_labels(all.b, seeds);
  a.share = b.share = share;
  return {std::move(a), std::move(b)};
}

Arm reviewed_arm(const Gathered& all, double share, bool by_suspicion, int seeds) {
  Arm arm;
  for (int seed = 1; seed <= seeds; ++seed)
    arm.labels.push_back(compare::reviewed_labels(
        all.a, all.gold, reviewed(all, share, by_suspicion, static_cast<uint64_t>(seed))));
  return arm;
}

int64_t reviewed_count(const Gathered& all, double share) {
  return std::ssize(reviewed(all, share, true, 1));
}

std::vector<Cell> cells_of(const Gathered& all, const Arm& arm) {
  std::vector<Cell> cells;
  for (size_t s = 0; s < arm.labels.size(); ++s)
    for (int fold = 0; fold < all.folds; ++fold) {
      Cell cell;
      cell.seed = s + 1;
      cell.train = lessons(all, fold, Split::kTrain);
      // The same pictures in both arms: drawn by people's classes, or B's where people say nothing.
      std::vector<int> by = all.b;
      for (size_t i = 0; i < by.size(); ++i)
        if (all.gold[i] >= 0) by[i] = all.gold[i];
      if (arm.share < 1) cell.train = compare::part_of(cell.train, by, arm.share, cell.seed);
      cell.train_labels = labels_at(arm.labels[s], cell.train);
      cell.validation = lessons(all, fold, Split::kValidation);
      cell.validation_labels = labels_at(arm.labels[s], cell.validation);
      for (size_t i = 0; i < all.fold.size(); ++i)
        if (all.fold[i] == fold) cell.test.push_back(i);
      cells.push_back(std::move(cell));
    }
  return cells;
}

std::vector<std::vector<int>> said_by(const Gathered& all, const std::vector<Cell>& cells,
                                      const std::vector<CellNet>& nets, bool in_float) {
  const auto folds = static_cast<size_t>(all.folds);
  std::vector<std::vector<int>> said(cells.size() / folds, std::vector<int>(all.fold.size(), -1));
  for (size_t c = 0; c < cells.size(); ++c) {
    const std::vector<int>& own = in_float ? nets[c].said_float : nets[c].said;
    for (size_t i = 0; i < own.size(); ++i) said[c / folds][cells[c].test[i]] = own[i];
  }
  return said;
}

}  // namespace dew::verbs
