// Finding out which format a tree is in, and reading it.
#include "exchange/exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <pugixml.hpp>
#include <set>

#include "exchange/card.h"
#include "exchange/formats.h"
#include "exchange/idx.h"
#include "exchange/label_file.h"
#include "exchange/labelled_by.h"
#include "exchange/other_folders.h"
#include "exchange/picture_numbers.h"
#include "media/media.h"

namespace dew::exchange {
namespace {

constexpr int64_t kLargestCard = int64_t{16} << 20;

std::string head_of(const fs::path& file) {
  std::error_code code;
  const auto size = fs::file_size(file, code);
  std::ifstream stream(file, std::ios::binary);
  std::string head(code ? kHeadBytes : static_cast<size_t>(std::min<uintmax_t>(size, kHeadBytes)), '\0');
  stream.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<size_t>(stream.gcount()));
  return head;
}

/// What a tree's files are, by the formats that claim them. Pictures are not opened.
std::vector<ClaimedFiles> claimed_files(const Tree& tree) {
  const auto& formats = table_of_formats();
  std::vector<ClaimedFiles> claimed(formats.size(), ClaimedFiles(tree));
  for (uint32_t number = 0; number < tree.files().size(); ++number) {
    const std::string_view file = tree.files()[number];
    if (media_kind(fs::path(file)) || is_labelled_by(tree, file)) continue;
    const std::string head = head_of(tree.path_of(file));
    for (size_t i = 0; i < formats.size(); ++i) {
      if (formats[i].claims_file == nullptr || !formats[i].claims_file(file, head)) continue;
      claimed[i].add(number);
      break;
    }
  }
  return claimed;
}

/// Where a data set's word about splits and its folders differ, its word counts.
void tell_other_splits(const Tree& tree, DataSet& set) {
  int64_t count = 0;
  std::string first;
  for (size_t number = 0; number < set.items.size(); ++number) {
    const auto split = set.items.split(number);
    const auto folder = split ? split_of_folders(tree.as_given(set.items.picture(number))) : std::nullopt;
    if (!folder || folder == split || count++ > 0) continue;
    first = fmt::format("{} is of {}", set.items.picture(number), split_name(*split));
  }
  if (count > 0)
    set.notes.push_back(
        plural(count, "picture lies in a folder of another split than the data set says, which counts",
               "pictures lie in folders of other splits than the data set says, which counts") +
        fmt::format(" ({})", first));
}

bool is_card(const Tree& tree, std::string_view file) {
  return file.substr(file.rfind('/') + 1) == "README.md" && is_data_card(head_of(tree.path_of(file)));
}

bool says_who(const std::string& format) {
  const auto& all = table_of_writers();
  return std::none_of(all.begin(), all.end(),
                      [&](const OutFormat& out) { return format == out.key && !out.says_who; });
}

/// Whether a file of labels is one that Dewdrop exported with labelled-by.jsonl beside it, by what it says.
bool was_exported(const Tree& tree, std::string_view file) {
  const fs::path path = file.starts_with('/') ? fs::path(file) : tree.path_of(file);
  const std::string extension = lower(path.extension().string());
  if (extension != ".json" && extension != ".yaml" && extension != ".labels") return false;
  const std::string head = head_of(path);
  return head.find(extension == ".labels" ? R"("metadata":{"sample":)" : kLabelledBy) != std::string::npos;
}

/// Folders with such files of labels, of which neither a data card nor labelled-by.jsonl tells: these were
/// left behind when the rest was copied.
void find_unsaid(const Tree& tree, const std::set<std::string>& told, DataSet& set) {
  if (!told.empty() || !set.exports.empty() || says_who(set.format)) return;
  std::set<std::string> folders;
  for (const std::string_view file : set.files) {
    if (!was_exported(tree, file)) continue;
    std::string folder(file.starts_with('/') ? std::string_view() : file.substr(0, file.rfind('/') + 1));
    if (folder.ends_with("annotations/")) folder.clear();
    folders.insert(folder);
  }
  set.unsaid.insert(set.unsaid.end(), folders.begin(), folders.end());
}

/// The classes of the project that was exported, in its order; not where the data set is another one, beside
/// the export.
Result<void> take_classes(const Tree& tree, std::string_view card, DataSet& set) {
  const std::string_view folder = card.substr(0, card.rfind('/') + 1);
  size_t number = 0;
  while (number < set.items.size() && !set.items.picture(number).starts_with(folder)) ++number;
  if (number == set.items.size()) return {};
  DEW_TRY(const std::string text, read_file(tree.path_of(card), kLargestCard));
  const auto add = [](const std::vector<std::string>& names, std::vector<std::string>& to) {
    std::set<std::string> known(to.begin(), to.end());
    for (const std::string& name : names)
      if (known.insert(name).second) to.push_back(name);
  };
  add(classes_on_card(text), set.project_classes);
  std::vector<std::string> all = set.project_classes;
  add(set.classes, all);
  set.classes = std::move(all);
  return {};
}

/// The choice that sets a picture aside is no class: a new project would have one more.
void take_unsure(const fs::path& labelling, DataSet& set) {
  pugi::xml_document document;
  if (!document.load_file(labelling.c_str())) return;
  const auto choice = document.find_node([](const pugi::xml_node& node) {
    return std::string_view(node.name()) == "Choice" && node.attribute("hint").value() == kSetsAside;
  });
  if (!choice) return;
  const std::string unsure = choice.attribute("value").value();
  std::erase(set.classes, unsure);
  if (set.unsure.empty()) set.unsure = unsure;
}

/// Where labelled-by.jsonl was lost on the way through Edge Impulse, the samples still say who labelled them.
Result<void> take_metadata(const Tree& tree, std::set<std::string>& told, DataSet& set, Watch& watch) {
  if (set.format != kEdgeImpulse.key) return {};
  for (const std::string_view file : set.files) {
    const std::string folder(file.substr(0, file.rfind('/') + 1));
    const bool inside = !file.starts_with('/') && lower(file).ends_with(".labels");
    if (!inside || told.contains(folder) ||
        head_of(tree.path_of(file)).find("\"label_was\"") == std::string::npos)
      continue;
    DEW_CHECK(read_metadata(tree, file, set, watch));
    told.insert(folder);
  }
  return {};
}

/// What exports of Dewdrop's hold beside pictures and labels.
Result<void> take_exports(const Tree& tree, DataSet& set, Watch& watch) {
  std::set<std::string> told;
  std::vector<std::string_view> cards;
  for (const std::string_view file : tree.files()) {
    const std::string_view name = file.substr(file.rfind('/') + 1);
    const std::string folder(file.substr(0, file.size() - name.size()));
    if (is_labelled_by(tree, file)) {
      DEW_CHECK(read_labelled_by(tree, file, set, watch));
      told.insert(folder);
    } else if (is_card(tree, file)) {
      set.exports.push_back(folder);
      cards.push_back(file);
    } else if (name == "labelling.xml" && head_of(tree.path_of(file)).starts_with("<View>")) {
      take_unsure(tree.path_of(file), set);
    } else {
      continue;
    }
    set.files.insert(file);
  }
  // Behind labelled-by.jsonl, which names the classes of folders.
  for (const std::string_view card : cards) DEW_CHECK(take_classes(tree, card, set));
  DEW_CHECK(take_metadata(tree, told, set, watch));
  for (const std::string& folder : set.exports)
    if (!says_who(set.format) && !told.contains(folder)) set.unsaid.push_back(folder);
  find_unsaid(tree, told, set);
  if (!set.unsaid.empty() && !set.items.empty())
    set.notes.push_back(
        fmt::format("Dewdrop exported this, and {}, which says who labelled, is not there: the labels count "
                    "as people's",
                    kLabelledBy));
  return {};
}

/// Where no file tells a picture's split, the nearest of its folders that is called like one does.
void take_splits_of_folders(const Tree& tree, Items& items) {
  for (size_t number = 0; number < items.size(); ++number) {
    if (items.split(number)) continue;
    const auto split = split_of_folders(tree.as_given(items.picture(number)));
    if (!split) continue;
    Item item = items.said(number);
    item.split = split;
    items.change(number, item);
  }
}

Result<DataSet> read_as(const Format& format, const Tree& tree, const ClaimedFiles& files, Watch& watch) {
  DEW_TRY(DataSet set, format.read(tree, files, watch));
  set.format = format.key;
  if (set.format != kFolders.key && set.format != kManyPictures) take_splits_of_folders(tree, set.items);
  DEW_CHECK(take_exports(tree, set, watch));
  tell_other_splits(tree, set);
  DEW_CHECK(tell_other_folders(tree, set, watch));
  return set;
}

std::string keys() {
  std::vector<std::string> all;
  for (const Format& format : table_of_formats()) all.emplace_back(format.key);
  return join(all);
}

bool claims(const Format& format, const Tree& tree, const ClaimedFiles& files) {
  return !files.empty() || (format.claims_tree != nullptr && format.claims_tree(tree));
}

/// False where a format only seems to be there: a table of prices, descriptions without classes.
bool says_anything(const DataSet& set) {
  if (!set.missing.empty()) return true;
  for (size_t number = 0; number < set.items.size(); ++number) {
    const Item item = set.items.said(number);
    if (item.looked_at || !item.classes.empty() || set.items.has_answers(number)) return true;
  }
  return false;
}

bool was_exported_as_folders(const Tree& tree) {
  return std::any_of(tree.files().begin(), tree.files().end(), [&](std::string_view file) {
    return is_labelled_by(tree, file) &&
           head_of(tree.path_of(file)).find(R"("folders":{)") != std::string::npos;
  });
}

Result<std::optional<DataSet>> find_out(const Tree& tree, Watch& watch) {
  const auto& formats = table_of_formats();
  const auto files = claimed_files(tree);
  std::optional<DataSet> set;
  std::vector<std::string> notes;  // of other formats
  for (size_t i = 0; i < formats.size(); ++i) {
    if (!claims(formats[i], tree, files[i])) continue;
    if (!set || !says_anything(*set)) {
      DEW_TRY(DataSet read, read_as(formats[i], tree, files[i], watch));
      if (set) {
        notes.insert(notes.end(), set->notes.begin(), set->notes.end());
        read.files.insert(set->files);
      }
      set = std::move(read);
    } else if (!files[i].empty()) {
      notes.push_back(fmt::format("there is {} too ({}); --labels {} takes that instead", formats[i].name,
                                  printable(files[i][0].filename().string()), formats[i].key));
    }
  }
  // One folder alone is no class, but where Dewdrop exported it as one.
  if (!set && was_exported_as_folders(tree)) {
    DEW_TRY(set, read_as(kFolders, tree, ClaimedFiles(tree), watch));
  }
  if (set) set->notes.insert(set->notes.end(), notes.begin(), notes.end());
  return set;
}

/// nullptr: none claims it.
const Format* format_of(const fs::path& file) {
  const std::string head = head_of(file);
  for (const Format& format : table_of_formats())
    if (format.claims_file != nullptr && format.claims_file(file.filename().string(), head)) return &format;
  return nullptr;
}

}  // namespace

std::vector<FormatInfo> formats_in() {
  std::vector<FormatInfo> all;
  for (const Format& format : table_of_formats()) all.push_back({format.key, format.name, format.what});
  return all;
}

DataSet splits_of_folders(const Tree& tree) {
  DataSet set;
  set.format = kFolders.key;
  for (const std::string_view file : tree.files()) {
    if (!media_kind(fs::path(file))) continue;
    Item item;
    item.picture = file;
    item.split = split_of_folders(tree.as_given(file));
    if (item.split) set.items.add(item);
  }
  return set;
}

std::vector<Split> add_silent_pictures(const Tree& tree, DataSet& set) {
  PictureNumbers places(tree);
  bool any = false;
  for (uint32_t number = 0; number < set.items.size(); ++number) {
    places[set.items.picture(number)] = number;
    any = any || set.items.split(number).has_value();
  }
  std::vector<Split> splits;
  if (!any) return splits;
  for (const std::string_view file : tree.files()) {
    if (!media_kind(fs::path(file)) || places.find(file) != PictureNumbers::kNone) continue;
    if (set.files.contains(std::string(file))) continue;  // a mask of another picture
    const auto split = split_of_folders(tree.as_given(file));
    if (!split) continue;
    Item item;
    item.picture = file;
    item.split = split;
    set.items.add(item);
    splits.push_back(*split);
  }
  return splits;
}

Result<std::optional<DataSet>> read(const Tree& tree, const std::string& labels, Watch& watch) {
  if (labels == "auto") return find_out(tree, watch);
  for (const Format& format : table_of_formats()) {
    if (labels != format.key) continue;
    const auto claimed = claimed_files(tree);
    const auto& files = claimed[static_cast<size_t>(&format - table_of_formats().data())];
    if (claims(format, tree, files)) return read_as(format, tree, files, watch);
    if (format.key == std::string_view(kFolders.key)) {
      DEW_TRY(DataSet set, read_as(format, tree, files, watch));  // of one class, say
      if (!set.items.empty()) return set;
    }
    return usage_error(fmt::format("there is no data set in the form '{}' in here", format.key),
                       printable(tree.root().string()), format.what);
  }
  std::error_code code;
  const fs::path file = fs::absolute(labels, code);
  if (fs::is_regular_file(file, code)) {
    DEW_TRY(DataSet set, read_files(tree, {file}, watch));
    return std::optional(std::move(set));
  }
  return usage_error(fmt::format("'{}' is neither a file nor a format", printable(labels)), "--labels",
                     "give auto, none, a file with labels, or one of " + keys());
}

Result<DataSet> read_files(const Tree& tree, const std::vector<fs::path>& files, Watch& watch) {
  const Format* const format = format_of(files.front());
  if (format == nullptr)
    return usage_error("this file holds no labels in a format that is known",
                       printable(files.front().string()),
                       "give a table (CSV, TSV), COCO, Label Studio ...: docs/data.md lists the formats");
  return read_as(*format, tree, ClaimedFiles(tree, files), watch);
}

std::string format_of_file(const fs::path& file) {
  const Format* const format = format_of(file);
  return format == nullptr ? std::string() : format->key;
}

std::map<std::string, std::vector<fs::path>> label_files_in(const Tree& tree) {
  const auto claimed = claimed_files(tree);
  std::map<std::string, std::vector<fs::path>> found;
  for (size_t i = 0; i < claimed.size(); ++i)
    for (size_t file = 0; file < claimed[i].size(); ++file)
      found[table_of_formats()[i].key].push_back(claimed[i][file]);
  return found;
}

}  // namespace dew::exchange
