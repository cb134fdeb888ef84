// A data set: pictures, what is said of each, and where that is written.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/base.h"
#include "store/store.h"

namespace dew::exchange {

/// One picture, and what the data set says of it.
struct Item {
  std::string picture;  ///< below the tree's root, as it is on the disk, with '/'
  /// What people said it shows. Several where there are boxes of several classes; none where nobody looked,
  /// or where `looked_at` and nothing was there.
  std::vector<std::string> classes;
  bool looked_at = false;       ///< somebody drew boxes, or none: without classes it shows none of them
  std::optional<Split> split;   ///< as the data set has it
  std::vector<Answer> answers;  ///< what models said (Answer::sample is 0); empty in most formats
  std::string by;               ///< who said `classes`; empty: the data set does not tell
  std::string where;            ///< "labels.csv:17", for messages
};

/// Something the data set tells about a picture that is not there.
struct Missing {
  std::string picture;  ///< as the data set names it
  std::string where;    ///< "labels.csv:17"
  std::string why;      ///< "no such picture", "several pictures could be meant: a/1.jpg, b/1.jpg"
};

struct DataSet {
  std::string format;                ///< a key of formats_in()
  std::vector<Item> items;           ///< each picture once; those without a word about them need not be here
  std::vector<std::string> classes;  ///< in the data set's own order, also those that no item has
  int64_t boxes = 0;                 ///< that were read to say which classes a picture shows
  std::vector<Missing> missing;      ///< in the order of the files
  /// What the labels were read from: below the root, or whole paths where they lie elsewhere.
  std::set<std::string> files;
  std::vector<std::string> notes;  ///< sentences: what was there and could not be taken along, with counts
};

}  // namespace dew::exchange
