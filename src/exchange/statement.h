// What a data set says of one picture.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dew::exchange {

/// What somebody says of a picture. Nothing, where there are no classes and nobody looked.
struct Statement {
  std::vector<std::string> classes;
  bool looked_at = false;
  std::string by;
  std::string where;  ///< "labels.csv:17"

  [[nodiscard]] bool says_anything() const { return looked_at || !classes.empty(); }
};

/// One line of a table of labels.
struct TableLine {
  int64_t number = 0;      ///< from 1
  std::string picture;     ///< as the table names it: a picture or a video
  std::string other_name;  ///< what a second column calls it (Layout::other_name); empty: nothing
  std::optional<int64_t>
      frame;  ///< of a video, from 0; tables have it beside pictures too, where it says nothing
  Statement said;
  bool part = false;        ///< others may tell more of the picture: boxes, other annotators
  bool exported = false;    ///< Dewdrop wrote the table
  bool by_machine = false;  ///< ... and no person gave this label
  bool changed = false;     ///< ... and somebody gave another label since
};

}  // namespace dew::exchange
