#include "verbs/compare/shifted.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/hash.h"
#include "exchange/exchange.h"
#include "verbs/common/class_key.h"

namespace dew::verbs {
namespace {

/// A folder that holds one class alone looks like any folder; here it can only be a class.
Result<exchange::DataSet> labels_in(const exchange::Tree& tree, const fs::path& folder, Watch& watch) {
  DEW_TRY(auto found, exchange::read(tree, "auto", watch));
  if (!found) {
    auto by_folder = exchange::read(tree, "folders", watch);
    if (by_folder) found = std::move(*by_folder);
  }
  if (!found || found->items.empty())
    return usage_error(
        "nothing in it says what its pictures show", folder.string(),
        "a folder for each class will do: SHIFTED/yes/1.jpg, SHIFTED/no/2.jpg; see docs/data.md");
  return std::move(*found);
}

/// Its place among the classes; -1: it is none of them.
int place_of(const std::string& theirs, const std::vector<std::string>& classes) {
  const auto at = std::find_if(classes.begin(), classes.end(),
                               [&](const std::string& one) { return class_key(one) == class_key(theirs); });
  return at == classes.end() ? -1 : static_cast<int>(at - classes.begin());
}

std::string name_of(const fs::path& folder) {
  return (folder.filename().empty() ? folder.parent_path() : folder).filename().string();
}

/// A set of which nothing is left is a mistake in the command.
Result<void> check(const ShiftedSet& set, const fs::path& folder, const std::vector<std::string>& classes) {
  if (!set.gold.empty()) return {};
  const std::string why = join(left_out_of(set), " ");
  return usage_error("no picture in it can be used" + (why.empty() ? "" : ": " + why), folder.string(),
                     set.in_project > 0 ? "give pictures that the project does not have"
                                        : "its classes must be called as the project's: " + join(classes));
}

}  // namespace

Result<ShiftedSet> read_shifted(const Project& project, const fs::path& folder, int input, Watch& watch) {
  const std::vector<std::string>& classes = project.settings().classes;
  ShiftedSet set;
  set.name = name_of(folder);
  DEW_TRY(const exchange::Tree tree, exchange::Tree::below(folder));
  DEW_TRY(const exchange::DataSet found, labels_in(tree, folder, watch));
  std::set<std::string> known;
  DEW_TRY(const auto sources, project.sources());
  for (const Source& source : sources) known.insert(source.sha256);
  std::set<std::string> seen;
  const MediaLimits limits;
  watch.begin("reading " + set.name, std::ssize(found.items));
  int64_t done = 0;
  for (const exchange::Item& item : found.items) {
    if (watch.interrupted()) return interrupted_error();
    watch.advance(++done);
    if (item.classes.size() != 1) continue;
    const int answer = place_of(item.classes[0], classes);
    if (answer < 0) {
      ++set.other_classes;
      continue;
    }
    // What needs no picture comes first: most of the time goes to decoding.
    const fs::path file = tree.path_of(item.picture);
    const auto bytes = sha256_file(file);
    if (bytes && known.contains(*bytes)) {
      ++set.in_project;
    } else if (bytes && !seen.insert(*bytes).second) {
      ++set.twice;
    } else if (const auto image = read_image(file, limits, input * 2); bytes && image) {
      set.pictures.push_back(resize(*image, input, input).rgb);
      set.gold.push_back(answer);
    } else {
      ++set.unreadable;
    }
  }
  watch.end();
  DEW_CHECK(check(set, folder, classes));
  return set;
}

std::vector<std::string> left_out_of(const ShiftedSet& set) {
  std::vector<std::string> all;
  const auto say = [&](int64_t count, const char* one, const char* several) {
    if (count > 0)
      all.push_back(fmt::format("{} of {} {} and take{} no part.", plural(count, "picture", "pictures"),
                                printable(set.name), count == 1 ? one : several, count == 1 ? "s" : ""));
  };
  say(set.other_classes, "shows a class that the project does not have",
      "show classes that the project does not have");
  say(set.in_project, "is in the project, where nets may learn from it,",
      "are in the project, where nets may learn from them,");
  say(set.twice, "is there twice", "are there twice");
  say(set.unreadable, "cannot be read", "cannot be read");
  return all;
}

}  // namespace dew::verbs
