// A data set: pictures, what is said of each, and where that is written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/base.h"
#include "exchange/items.h"

namespace dew::exchange {

/// Something the data set tells about a picture that is not there.
struct Missing {
  std::string picture;  ///< as the data set names it
  std::string where;    ///< "labels.csv:17"
  std::string why;      ///< "no such picture", "several pictures could be meant: a/1.jpg, b/1.jpg"
};

struct DataSet {
  std::string format;                ///< a key of formats_in()
  Items items;                       ///< each picture once; those without a word about them need not be here
  std::vector<std::string> classes;  ///< in the data set's own order, also those that no item has
  int64_t boxes = 0;                 ///< that were read to say which classes a picture shows
  std::vector<Missing> missing;      ///< in the order of the files
  /// What the labels were read from: below the root, or whole paths where they lie elsewhere.
  FileNames files;
  /// Folders of the tree, with '/' at their ends ("": the root), that Dewdrop exported; of `unsaid` nothing
  /// tells which labels are people's.
  std::vector<std::string> exports;
  std::vector<std::string> unsaid;
  /// All classes of the projects that these were exported from, also those that no exported sample has.
  std::vector<std::string> project_classes;
  /// What these projects answer where nobody can tell, which sets a picture aside; no class. Empty: none is
  /// told.
  std::string unsure;
  std::vector<std::string> notes;  ///< sentences: what was there and could not be taken along, with counts
};

}  // namespace dew::exchange
