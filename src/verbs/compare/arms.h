// Which nets a comparison trains.
#pragma once

#include <vector>

#include "verbs/compare/gather.h"

namespace dew::verbs {

/// One arm: for each seed the labels that teach, and who learns from how many of them.
struct Arm {
  std::vector<std::vector<int>> labels;  ///< [seed][picture]
  double share = 1;                      ///< of the pictures that teach
};

/// A, B, and people's labels with A's confusions at random ("noise", where people have labelled what
/// teaches).
std::vector<Arm> main_arms(const Gathered& all, int seeds);

/// Both label sets in parts, to see where more labels of a kind stop helping.
std::vector<Arm> part_arms(const Gathered& all, double share, int seeds);

/// A with people's labels on a share of its pictures: the most suspicious ones, or drawn at random.
Arm reviewed_arm(const Gathered& all, double share, bool by_suspicion, int seeds);
/// How many labels by people that takes.
int64_t reviewed_count(const Gathered& all, double share);

/// The nets of an arm: seed by seed, and within these fold by fold.
std::vector<Cell> cells_of(const Gathered& all, const Arm& arm);

/// What an arm's nets said, put together over the folds: [seed][picture]; -1 where a picture is not tested.
std::vector<std::vector<int>> said_by(const Gathered& all, const std::vector<Cell>& cells,
                                      const std::vector<CellNet>& nets, bool in_float);

}  // namespace dew::verbs
