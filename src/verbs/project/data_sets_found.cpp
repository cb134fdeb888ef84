// Where labels are looked for: which trees the command's files and folders make, and what each says.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "exchange/idx.h"
#include "verbs/common/class_key.h"
#include "verbs/project/data_sets_found.h"

namespace dew::verbs {
namespace {

using exchange::Tree;

/// Files of many pictures that were named by themselves, with the labels that lie beside them.
Result<void> read_beside(const std::vector<fs::path>& files, const std::string& labels,
                         std::vector<FoundLabels>& found, Watch& watch) {
  std::map<fs::path, std::vector<std::string>> by_folder;
  for (const fs::path& path : files) {
    const fs::path with_labels = exchange::labels_beside(path);
    if (with_labels.empty()) continue;
    std::vector<std::string>& names = by_folder[plain_path(path).parent_path()];
    names.push_back(path.filename().string());
    names.push_back(with_labels.filename().string());
  }
  for (const auto& [folder, names] : by_folder) {
    Tree tree(folder, names);
    DEW_TRY(auto set, exchange::read(tree, labels, watch));
    if (set) found.push_back({std::move(tree), *std::move(set), labels != "auto", false});
  }
  return {};
}

bool holds_pictures(const fs::path& folder) {
  const auto tree = Tree::below(folder);
  return tree && std::any_of(tree->files().begin(), tree->files().end(),
                             [](std::string_view file) { return media_kind(fs::path(file)).has_value(); });
}

Result<std::vector<FoundLabels>> find_all(const AddArgs& args, const Settings* settings, Watch& watch) {
  std::vector<FoundLabels> found;
  std::error_code code;
  if (args.labels == "none") {
    for (const fs::path& path : args.files)
      if (args.keep_splits && fs::is_directory(path, code)) DEW_CHECK(read_splits_alone(path, found));
    return found;
  }
  if (fs::is_regular_file(args.labels, code)) return read_file_of_labels(args.labels, args.files, watch);
  std::vector<fs::path> tables;
  std::vector<fs::path> others;
  for (const fs::path& path : args.files) (holds_labels(path) ? tables : others).push_back(path);
  if (!tables.empty()) return read_named_tables(tables, others, watch);
  std::vector<fs::path> files;
  for (const fs::path& path : others)
    if (fs::is_regular_file(path, code)) files.push_back(path);
  if (args.labels == "auto" || args.labels == exchange::kManyPictures)
    DEW_CHECK(read_beside(files, args.labels, found, watch));
  if (settings == nullptr && args.labels == "folders") {
    DEW_TRY(found, read_folders_of_new_classes(others, watch));
    if (!found.empty()) return found;
  }
  std::vector<fs::path> silent;
  for (const fs::path& path : others) {
    if (!fs::is_directory(path, code)) continue;
    const size_t before = found.size();
    DEW_CHECK(read_given_folder(path, args, settings, found, watch));
    if (found.size() == before && holds_pictures(path)) silent.push_back(path);
  }
  if (!found.empty() && !silent.empty())
    found.front().set.notes.push_back("no labels for what is in " + listed_files(silent));
  if (found.empty() && args.labels != "auto")
    return usage_error(
        fmt::format("no data set of the form '{}' is among what is to be added", printable(args.labels)),
        "--labels", "give auto, none, a format or a file with labels");
  return found;
}

}  // namespace

std::string name_of_format(const std::string& key) {
  for (const exchange::FormatInfo& format : exchange::formats_in())
    if (format.key == key) return format.name;
  return key;
}

fs::path plain_path(const fs::path& path) {
  const fs::path normal = path.lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

ShownText::ShownText(const std::vector<fs::path>& files, const Shown& shown) {
  for (const fs::path& file : files) {
    const fs::path archive = shown(file);
    if (archive == file) continue;
    std::string folder = plain_path(file).string();
    replaced_.emplace_back(folder, archive.string());
    // As it is called below a folder around several of those given; its own name alone may mean anything.
    for (size_t slash = 0; slash != folder.rfind('/'); slash = folder.find('/')) {
      folder.erase(0, slash + 1);
      replaced_.emplace_back(folder, archive.filename().string());
    }
  }
}

std::string ShownText::operator()(std::string text) const {
  for (const auto& [folder, archive] : replaced_)
    for (size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at + archive.size()))
      text.replace(at, folder.size(), archive);
  return text;
}

Result<std::vector<FoundLabels>> find_labels(const AddArgs& args, const Settings* settings,
                                             const ShownText& shown, Watch& watch) {
  auto found = find_all(args, settings, watch);
  if (!found) {
    Error error = std::move(found).error();
    for (std::string* text : {&error.what, &error.where, &error.next}) *text = shown(std::move(*text));
    return tl::unexpected(std::move(error));
  }
  for (FoundLabels& one : *found) {
    for (std::string& note : one.set.notes) note = shown(std::move(note));
    for (exchange::Missing& missing : one.set.missing)
      for (std::string* text : {&missing.where, &missing.why}) *text = shown(std::move(*text));
  }
  return found;
}

/// All pictures that are not there as one error, the first twenty in words.
tl::unexpected<Error> missing_pictures(const FoundLabels& from, const fs::path& root) {
  constexpr size_t kListed = 20;
  constexpr size_t kNameLength = 200;  // a list may turn out to be no text at all
  const auto& missing = from.set.missing;
  std::string what = missing.size() == 1
                         ? "a label does not name one picture that is there:"
                         : fmt::format("{} labels do not name one picture that is there:", missing.size());
  for (size_t i = 0; i < std::min(missing.size(), kListed); ++i)
    what += fmt::format("\n  {}: '{}': {}", printable(missing[i].where),
                        printable(missing[i].picture, kNameLength), missing[i].why);
  if (missing.size() > kListed) what += fmt::format("\n  and {} more", missing.size() - kListed);
  return usage_error(
      what, printable(root.string()),
      "add the pictures that are missing and write folders before names that several have, or leave "
      "these labels out with --skip-unknown");
}

}  // namespace dew::verbs
