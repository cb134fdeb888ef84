// What an annotator of Label Studio said, as its exports write it in one cell or field.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dew::exchange {

struct Annotated {
  std::vector<std::string> classes;  ///< may have duplicates
  int64_t boxes = 0;                 ///< regions of any shape, with a class
  int64_t choices = 0;               ///< classes of the whole picture
  int64_t of_regions = 0;            ///< choices about one region: what they name may be a class
  int64_t others = 0;                ///< text, ratings, and choices about one region

  void unite(const Annotated& more);
};

/// "cat"; ["cat", "dog"]; {"choices": ["cat", "dog"]}; {"rectanglelabels": ["cat"], "x": 1, ...}; lists of
/// these.
Annotated annotated(const nlohmann::json& value);

/// The same from a table's cell: JSON, or the class itself.
Annotated annotated_in_cell(const std::string& cell);

}  // namespace dew::exchange
