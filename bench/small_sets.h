// The data sets that recipes and policies are measured on: PACS photo, Caltech101 with GPT-4V's answers, and
// small sets drawn from PACS and Caltech101, as small as people's own.
#pragma once

#include <string>
#include <vector>

#include "base/base.h"

namespace dew::bench {

struct Picture {
  std::string path;  ///< below the data's folder
  int truth = 0;     ///< its class, as people labelled it
  int said = 0;      ///< ... as the teacher did; -1: something that is no class
};

/// Some classes of a data set, and how few pictures of each may be learned from.
struct SmallSet {
  std::string name;
  std::string folder;                ///< "pacs/photo"; "caltech" for Caltech101
  std::vector<std::string> classes;  ///< those joined by '+' are one class
  int per_class = 0;                 ///< of which a ninth validates
  int shrunk_to = 0;                 ///< pixels that pictures are shrunk to first; 0: as they are
  bool chosen_on = false;            ///< recipes are chosen on this one, so its figures are not quoted
};
const std::vector<SmallSet>& small_sets();
const SmallSet* small_set(const std::string& name);  ///< nullptr: none has that name

/// "pacs" (7 classes; the teacher is people), "caltech" (ten classes, likewise), "gpt4v" (all 100 classes
/// of Caltech101; the teacher is GPT-4V) or one of small_sets(). In the order of their paths or of the file
/// of answers.
Result<std::vector<Picture>> read_set(const fs::path& data, const std::string& set);

/// For every picture the first of those that it is a near copy of (near_duplicates.csv).
std::vector<size_t> near_copies(const fs::path& data, const std::vector<Picture>& pictures);

/// Indices of pictures.
struct Parts {
  std::vector<size_t> train, validation, test;
};

/// 20 % test, 8 % validation, the rest train, class by class, drawn by the seed; near copies are on one side.
/// Where `per_class` is not 0, that many of each class train and validate, and up to 100 others test.
Parts draw_parts(const fs::path& data, const std::vector<Picture>& pictures, uint64_t seed,
                 int per_class = 0);

}  // namespace dew::bench
