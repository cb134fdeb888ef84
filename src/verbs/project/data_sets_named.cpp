// Files with labels that were named themselves, and what lies beside them in the folders that were given.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "verbs/project/data_sets_found.h"

namespace dew::verbs {
namespace {

using exchange::DataSet;
using exchange::Tree;

/// The deepest folder that all paths lie in; a file's own is the one around it.
fs::path common_folder(const std::vector<fs::path>& paths) {
  std::error_code code;
  fs::path common;
  for (const fs::path& path : paths) {
    const fs::path at = plain_path(path);
    const fs::path folder = fs::is_directory(at, code) ? at : at.parent_path();
    if (common.empty()) common = folder;
    while (std::mismatch(common.begin(), common.end(), folder.begin(), folder.end()).first != common.end())
      common = common.parent_path();
  }
  return common;
}

/// One tree of all that is named, for a file of labels that speaks of all.
Result<Tree> tree_of(const std::vector<fs::path>& paths) {
  std::error_code code;
  fs::path root = common_folder(paths);
  // A folder that is given tells its own split ("data/test").
  const bool given_itself =
      std::any_of(paths.begin(), paths.end(), [&](const fs::path& path) { return plain_path(path) == root; });
  if (given_itself && exchange::split_of_folder(root))
    root = root.parent_path();
  else if (paths.size() == 1 && fs::is_directory(paths[0], code))
    return Tree::below(root);
  std::vector<std::string> files, given;
  for (const fs::path& path : paths) {
    const fs::path at = plain_path(path);
    const std::string name = at.lexically_relative(root).generic_string();
    if (!fs::is_directory(at, code)) {
      files.push_back(name);
      continue;
    }
    given.push_back(name);
    DEW_TRY(const Tree below, Tree::below(at));
    for (const std::string_view file : below.files())
      files.push_back((name == "." ? "" : name + "/") + std::string(file));
  }
  if (std::find(given.begin(), given.end(), ".") != given.end()) return Tree(root, files);
  return Tree(root, files, given);
}

/// Pictures of one split have no labels in another one's file, though they are called alike: error (usage)
/// where all that is given lies in folders of other splits than `table` is of.
Result<void> check_split(const fs::path& table, const std::vector<fs::path>& others) {
  const auto own = exchange::split_told_by(plain_path(table));
  if (!own || others.empty()) return {};
  std::error_code code;
  for (const fs::path& path : others) {
    const fs::path at = plain_path(path);
    const fs::path folder = fs::is_directory(at, code) ? at : at.parent_path();
    const auto split = exchange::split_of_folder(folder);
    if (!split || *split == *own) return {};
  }
  return usage_error(fmt::format("this file is of the split {}, and what is given is of another one ({})",
                                 split_name(*own), printable(plain_path(others.front()).string(), 200)),
                     printable(table.string()),
                     "give the labels of that split, or the folder around all of them");
}

/// Where the pictures of a file with labels are looked for: around it, and around a folder of its kind alone,
/// as COCO ("annotations/train.json" beside "images/") and others have it.
fs::path around(const fs::path& table) {
  const fs::path folder = plain_path(table).parent_path();
  const std::string name = lower(folder.filename().string());
  return name == "annotations" || name == "labels" ? folder.parent_path() : folder;
}

using LabelFiles = std::map<std::string, std::vector<fs::path>>;  ///< by format

/// Files with labels in the folders that are given beside `tables`. A folder in which one of these lies is
/// left out: its user chose among its files.
struct BesideTables {
  LabelFiles more;    ///< to be read
  LabelFiles chosen;  ///< lie beside a table that was chosen
};
Result<BesideTables> labels_beside_tables(const std::vector<fs::path>& tables,
                                          const std::vector<fs::path>& others) {
  BesideTables beside;
  std::set<fs::path> named;
  for (const fs::path& table : tables) named.insert(plain_path(table));
  std::error_code code;
  for (const fs::path& folder : others) {
    if (!fs::is_directory(folder, code)) continue;
    DEW_TRY(const Tree tree, Tree::below(folder));
    auto in_folder = exchange::label_files_in(tree);
    bool chosen = false;
    for (auto& [format, files] : in_folder)
      chosen = std::erase_if(files, [&](const fs::path& file) { return named.contains(file); }) > 0 || chosen;
    for (auto& [format, files] : in_folder) {
      auto& to = (chosen ? beside.chosen : beside.more)[format];
      to.insert(to.end(), files.begin(), files.end());
    }
  }
  return beside;
}

/// What was read beside the tables that were named, and what was not.
void tell_beside(const BesideTables& beside, const std::set<std::string>& formats,
                 std::vector<FoundLabels>& found) {
  for (FoundLabels& one : found)
    if (const auto at = beside.more.find(one.set.format); at != beside.more.end() && !at->second.empty())
      one.set.notes.push_back(
          fmt::format("read together with {} in the folders given; --labels FILE reads one file alone",
                      listed_files(at->second)));
  auto& notes = found.front().set.notes;
  for (const auto& [format, files] : beside.more)
    if (!formats.contains(format) && !files.empty())
      notes.push_back(fmt::format(
          "left out, as files of another form were named: {} ({}); add that folder by itself to take it",
          name_of_format(format), listed_files(files)));
  for (const auto& [format, files] : beside.chosen)
    if (!files.empty())
      notes.push_back(
          fmt::format("left out, as another file in its folder was named: {}; name it too, or the "
                      "folder alone, to take it",
                      listed_files(files)));
}

}  // namespace

std::string listed_files(const std::vector<fs::path>& files) {
  constexpr size_t kShown = 3;
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min(files.size(), kShown); ++i) names.push_back(printable(files[i].string()));
  return join(names) + (files.size() > kShown ? fmt::format(" and {} more", files.size() - kShown) : "");
}

bool holds_labels(const fs::path& path) {
  std::error_code code;
  return fs::is_regular_file(path, code) && !media_kind(path) && !exchange::format_of_file(path).empty();
}

Result<std::vector<FoundLabels>> read_file_of_labels(const std::string& labels,
                                                     const std::vector<fs::path>& paths, Watch& watch) {
  DEW_CHECK(check_split(labels, paths));
  DEW_TRY(Tree tree, tree_of(paths));
  DEW_TRY(auto set, exchange::read(tree, labels, watch));
  std::vector<FoundLabels> found;
  if (set) found.push_back({std::move(tree), *std::move(set), true, false});
  return found;
}

Result<std::vector<FoundLabels>> read_named_tables(const std::vector<fs::path>& tables,
                                                   const std::vector<fs::path>& others, Watch& watch) {
  const bool alone = others.empty();
  // Those of one format are one data set, as in a folder: what they say together counts, contradictions are
  // told.
  std::map<std::pair<std::string, fs::path>, std::vector<fs::path>> together;
  std::set<std::string> formats;
  for (const fs::path& table : tables) {
    DEW_CHECK(check_split(table, others));
    const std::string format = exchange::format_of_file(table);
    formats.insert(format);
    together[{format, alone ? around(table) : fs::path()}].push_back(plain_path(table));
  }
  DEW_TRY(const BesideTables beside, labels_beside_tables(tables, others));
  std::vector<FoundLabels> found;
  for (auto& [kind, files] : together) {
    if (const auto at = beside.more.find(kind.first); at != beside.more.end())
      files.insert(files.end(), at->second.begin(), at->second.end());
    DEW_TRY(Tree tree, alone ? Tree::below(kind.second) : tree_of(others));
    DEW_TRY(DataSet set, exchange::read_files(tree, files, watch));
    found.push_back({std::move(tree), std::move(set), true, alone});
  }
  tell_beside(beside, formats, found);
  return found;
}

}  // namespace dew::verbs
