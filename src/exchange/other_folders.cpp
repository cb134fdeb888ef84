#include "exchange/other_folders.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "exchange/formats.h"
#include "exchange/picture_numbers.h"

namespace dew::exchange {

Result<void> tell_other_folders(const Tree& tree, DataSet& set, Watch& watch) {
  if (set.format == kFolders.key || !kFolders.claims_tree(tree)) return {};
  DEW_TRY(const DataSet folders, kFolders.read(tree, ClaimedFiles(tree), watch));
  const std::set<std::string> classes(set.classes.begin(), set.classes.end());
  PictureNumbers places(tree);
  for (size_t number = 0; number < set.items.size(); ++number)
    if (tree.number_of(set.items.picture(number)))
      places[set.items.picture(number)] = static_cast<uint32_t>(number);
  int64_t others = 0;
  int64_t silent = 0;
  std::string first;
  for (const Item& item : folders.items) {
    if (item.classes.empty() || !classes.contains(item.classes[0])) continue;
    const uint32_t place = places.find(item.picture);
    const Item said = place == PictureNumbers::kNone ? Item() : set.items.said(place);
    if (said.classes.empty() && !said.looked_at) {
      ++silent;
    } else if (std::find(said.classes.begin(), said.classes.end(), item.classes[0]) == said.classes.end()) {
      if (others++ == 0)
        first = fmt::format("{}: {}", item.picture, said.classes.empty() ? "none" : join(said.classes));
    }
  }
  if (others + silent == 0) return {};
  std::string note = "folders have names of classes too";
  if (others > 0)
    note += fmt::format("; {} and count as that says ({})",
                        plural(others, "picture is labelled otherwise than its folder",
                               "pictures are labelled otherwise than their folders"),
                        printable(first, 120));
  if (silent > 0)
    note += fmt::format("; {} without a label: the data set does not name {}",
                        plural(silent, "picture stays", "pictures stay"), silent == 1 ? "it" : "them");
  set.notes.push_back(note + "; --labels folders takes the folders instead");
  return {};
}

}  // namespace dew::exchange
