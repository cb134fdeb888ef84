// Which pictures a comparison is about, what both label sets and people say of them, and who is tested on
// which.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "label/label_set.h"
#include "verbs/compare/cells.h"
#include "verbs/compare/compare.h"

namespace dew::verbs {

/// One of the two label sets: as the user names it, and how much of it people have reviewed.
struct Side {
  std::string name;   ///< as --a takes it, "teacher:openai:gpt-4o+10%"
  std::string title;  ///< for people: "gpt-4o, 10% reviewed"
  label::LabelSet set;
  double reviewed =
      0;  ///< share of its labels that people's take the place of, the most suspicious first, 0…1
};

/// "people", "gpt-4o", "gpt-4o+10%". Error (usage): label::parse_label_set()'s, a share that is none.
Result<Side> parse_side(const Project& project, const std::string& text);

/// All vectors have one entry a picture. Classes are numbers; -1: none.
struct Gathered {
  ComparedPictures pictures;
  std::vector<int> gold;  ///< by people
  std::vector<int> a;     ///< with what people reviewed
  std::vector<int> b;
  std::vector<int64_t> group;  ///< nearly the same pictures
  std::vector<int> fold;       ///< in which it is tested; -1: in none
  std::vector<Split> split;  ///< with folds all of them are kTrain: a picture teaches where it is not tested
  int folds = 1;
  std::vector<float> features;  ///< a backbone's, pictures x columns
  size_t columns = 0;
  std::vector<size_t>
      suspicious;  ///< places of pictures with a label in `a`, the most suspicious label first
  NotCompared left_out;

  /// Places of the pictures that are tested.
  [[nodiscard]] std::vector<size_t> tested() const {
    std::vector<size_t> places;
    for (size_t i = 0; i < fold.size(); ++i)
      if (fold[i] >= 0) places.push_back(i);
    return places;
  }
  /// Whether it can teach: both sets have a label.
  [[nodiscard]] bool teaches(size_t i) const { return a[i] >= 0 && b[i] >= 0; }
};

/// Error: no gold labels, nothing to learn from, fewer groups than folds, pictures that cannot be read,
/// interrupted.
Result<Gathered> gather(const Project& project, const Side& a, const Side& b, const CompareArgs& args,
                        int input, Watch& watch);

}  // namespace dew::verbs
