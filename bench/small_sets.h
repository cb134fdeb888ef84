// The small data sets that recipes and policies are measured on: PACS photo, and Caltech101 with GPT-4V's
// answers.
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

/// "pacs" (7 classes; the teacher is people), "caltech" (ten classes, likewise) or "gpt4v" (all 100 classes
/// of Caltech101; the teacher is GPT-4V). In the order of their paths or of the file of answers.
Result<std::vector<Picture>> read_set(const fs::path& data, const std::string& set);

/// For every picture the first of those that it is a near copy of (near_duplicates.csv).
std::vector<size_t> near_copies(const fs::path& data, const std::vector<Picture>& pictures);

/// Indices of pictures.
struct Parts {
  std::vector<size_t> train, validation, test;
};

/// 20 % test, 8 % validation, the rest train, class by class, drawn by the seed; near copies are on one side.
Parts draw_parts(const fs::path& data, const std::vector<Picture>& pictures, uint64_t seed);

}  // namespace dew::bench
