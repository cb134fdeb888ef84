// Folders with a data set in them, for tests.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "exchange/exchange.h"

namespace dew::exchange {

/// A folder with these files; it goes when the object does.
class TreeOnDisk {
 public:
  explicit TreeOnDisk(const std::map<std::string, std::string>& files)
      : folder_(TemporaryFolder::create().value()) {
    for (const auto& [name, bytes] : files) EXPECT_TRUE(write_file(folder_.path() / name, bytes));
  }
  [[nodiscard]] const fs::path& path() const { return folder_.path(); }
  [[nodiscard]] Tree tree() const { return Tree::below(folder_.path()).value(); }
  /// What `labels` ("auto", a format, a file) reads from it.
  [[nodiscard]] Result<std::optional<DataSet>> read(const std::string& labels = "auto") const {
    Watch watch;
    return exchange::read(tree(), labels, watch);
  }

 private:
  TemporaryFolder folder_;
};

/// "robin" of the picture; "robin+tit" of several, "" where nobody looked, "none" where somebody did and saw
/// nothing, "?" where the set does not have it.
inline std::string classes_of(const DataSet& set, const std::string& picture) {
  for (const Item& item : set.items)
    if (item.picture == picture) {
      if (item.classes.empty()) return item.looked_at ? "none" : "";
      return join(item.classes, "+");
    }
  return "?";
}

}  // namespace dew::exchange
