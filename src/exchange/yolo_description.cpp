#include "exchange/yolo_description.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "exchange/splits.h"
#include "media/media.h"

namespace dew::exchange {
namespace {

constexpr int64_t kLargestDescription = 4 << 20;
constexpr int64_t kLargestList = 256 << 20;
constexpr std::array<std::pair<const char*, Split>, 4> kParts{{{"train", Split::kTrain},
                                                               {"val", Split::kValidation},
                                                               {"valid", Split::kValidation},
                                                               {"test", Split::kTest}}};

/// Where the files below `folder` ("" is the root) stand in tree.files(), which is sorted.
using Range =
    std::pair<std::vector<std::string_view>::const_iterator, std::vector<std::string_view>::const_iterator>;
Range files_below(const Tree& tree, const std::string& folder) {
  const auto& files = tree.files();
  if (folder.empty()) return {files.begin(), files.end()};
  return {std::lower_bound(files.begin(), files.end(), folder + "/"),
          std::lower_bound(files.begin(), files.end(), folder + "0")};  // '0' comes behind '/'
}

bool is_folder(const Tree& tree, const std::string& folder) {
  const Range below = files_below(tree, folder);
  return below.first != below.second;
}

/// Without "../" and "/" at the beginning.
std::string without_way_up(const fs::path& path) {
  std::string normal = path.lexically_normal().generic_string();
  while (normal.starts_with("../")) normal.erase(0, 3);
  while (normal.starts_with('/')) normal.erase(0, 1);
  while (normal.ends_with('/')) normal.pop_back();
  return normal;
}

/// The folder or list that an entry of data.yaml means, below the tree's root.
class Places {
 public:
  Places(const Tree& tree, const LabelFile& file, const std::string& path)
      : tree_(tree), yaml_folder_(file.path.parent_path()), path_(path) {}

  /// "" is the root. nullopt: it is not in the tree.
  [[nodiscard]] std::optional<std::string> find(const std::string& entry) const {
    std::string slashed = entry;
    std::replace(slashed.begin(), slashed.end(), '\\', '/');
    const std::string inner = without_way_up(slashed);
    for (const fs::path& path : {yaml_folder_ / path_ / slashed, yaml_folder_ / slashed,
                                 yaml_folder_ / path_ / inner, yaml_folder_ / inner})
      if (auto found = in_tree(path.lexically_normal())) return found;
    return ending_of(inner);
  }

 private:
  [[nodiscard]] bool there(const std::string& name) const {
    return tree_.has(name) || is_folder(tree_, name);
  }

  [[nodiscard]] std::optional<std::string> in_tree(const fs::path& path) const {
    const std::string name = without_end(path.lexically_relative(tree_.root()).generic_string());
    if (name == ".") return std::string();
    if (!name.empty() && name != ".." && !name.starts_with("../")) {
      if (there(name)) return name;
      return std::nullopt;
    }
    // The tree may be a part of the data set.
    const std::string root = tree_.root().lexically_relative(path).generic_string();
    if (!root.empty() && root != ".." && !root.starts_with("../")) return std::string();
    return std::nullopt;
  }

  /// Of a path on some other machine: the longest end of it that is in the tree.
  [[nodiscard]] std::optional<std::string> ending_of(std::string path) const {
    while (!path.empty()) {
      if (there(path)) return path;
      const size_t slash = path.find('/');
      path.erase(0, slash == std::string::npos ? path.size() : slash + 1);
    }
    return std::nullopt;
  }

  static std::string without_end(std::string name) {
    while (name.size() > 1 && name.ends_with('/')) name.pop_back();
    return name;
  }

  const Tree& tree_;
  fs::path yaml_folder_;
  fs::path path_;
};

/// A list with one picture a line.
Result<void> read_list(const Tree& tree, const std::string& name, std::optional<Split> split,
                       YoloDescription& description) {
  const LabelFile file = label_file(tree, tree.path_of(name));
  DEW_TRY(const std::string text, read_file(file.path, kLargestList));
  description.files.push_back(file);
  int64_t number = 0;
  for (size_t from = 0; from < text.size(); ++number) {
    const size_t end = std::min(text.find('\n', from), text.size());
    const std::string line = trim(std::string_view(text).substr(from, end - from));
    from = end + 1;
    if (line.empty()) continue;
    Tree::Found found = tree.find(line, name);
    // CVAT writes its lists as if they lay in a folder "data" of darknet.
    if (found.file.empty() && line.starts_with("data/")) found = tree.find(line.substr(5), name);
    if (found.file.empty())
      description.missing.push_back({line, fmt::format("{}:{}", file.shown, number + 1), found.why});
    else
      description.parts.push_back({split, tree.number_of(found.file).value()});
  }
  return {};
}

class DataYaml {
 public:
  DataYaml(const Tree& tree, const LabelFile& file) : tree_(tree), file_(file) {}

  Result<YoloDescription> read(const std::string& text) {
    const YAML::Node yaml = YAML::Load(text);
    if (!yaml.IsMap()) return broken(yaml, "this is not a list of settings (name: value)");
    description_.names_from = file_.shown;
    description_.files.push_back(file_);
    DEW_CHECK(read_names(yaml));
    const YAML::Node path = yaml["path"];
    const Places places(tree_, file_, path && path.IsScalar() ? path.Scalar() : std::string());
    for (const auto& [key, split] : kParts) DEW_CHECK(read_part(yaml[key], key, split, places));
    return std::move(description_);
  }

 private:
  tl::unexpected<Error> broken(const YAML::Node& node, std::string what) const {
    return usage_error(std::move(what), fmt::format("{}:{}", file_.shown, node.Mark().line + 1),
                       "data.yaml needs: names, as a list or by number");
  }

  Result<void> read_names(const YAML::Node& yaml) {
    const YAML::Node names = yaml["names"];
    if (!names || !(names.IsSequence() || names.IsMap()) || names.size() == 0)
      return broken(names ? names : yaml, "this has no names of classes");
    int64_t next = 0;
    for (const auto& entry : names) {
      if (names.IsSequence()) {
        DEW_CHECK(add_name(entry, next++, entry));
        continue;
      }
      const auto number = whole_number(entry.first);
      if (!number) return broken(entry.first, "this is not the number of a class");
      DEW_CHECK(add_name(entry.first, *number, entry.second));
    }
    const auto count = whole_number(yaml["nc"]);
    if (count && *count != static_cast<int64_t>(description_.names.size()))
      return broken(yaml["nc"],
                    fmt::format("nc is {}, but there are {} names", *count, description_.names.size()));
    return {};
  }

  Result<void> add_name(const YAML::Node& at, int64_t number, const YAML::Node& name) {
    if (!name.IsScalar() || trim(name.Scalar()).empty())
      return broken(at, fmt::format("class {} has no name", number));
    if (!description_.names.emplace(number, trim(name.Scalar())).second)
      return broken(at, fmt::format("class {} has two names", number));
    return {};
  }

  static std::optional<int64_t> whole_number(const YAML::Node& node) {
    if (!node || !node.IsScalar()) return std::nullopt;
    int64_t number = 0;
    const std::string& text = node.Scalar();
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
  }

  Result<void> read_part(const YAML::Node& node, const char* key, Split split, const Places& places) {
    if (!node || node.IsNull()) return {};
    description_.has_parts = true;
    if (node.IsScalar()) return read_place(node.Scalar(), key, split, places);
    if (!node.IsSequence()) return broken(node, fmt::format("{} is neither a folder nor a list", key));
    for (const auto& entry : node) {
      if (!entry.IsScalar()) return broken(entry, fmt::format("{} is neither a folder nor a list", key));
      DEW_CHECK(read_place(entry.Scalar(), key, split, places));
    }
    return {};
  }

  Result<void> read_place(const std::string& entry, const char* key, Split split, const Places& places) {
    if (trim(entry).empty()) return {};
    const auto place = places.find(trim(entry));
    if (!place) {
      description_.notes.push_back(
          fmt::format("{} of {} is not in this folder: {}", key, file_.shown, printable(entry)));
      return {};
    }
    if (tree_.has(*place) && is_still_picture(*place)) {
      description_.parts.push_back({split, tree_.number_of(*place).value()});
      return {};
    }
    if (tree_.has(*place)) return read_list(tree_, *place, split, description_);
    const Range below = files_below(tree_, *place);
    for (auto file = below.first; file != below.second; ++file)
      if (is_still_picture(*file))
        description_.parts.push_back({split, static_cast<uint32_t>(file - tree_.files().begin())});
    return {};
  }

  const Tree& tree_;
  const LabelFile& file_;
  YoloDescription description_;
};

/// The file that obj.data means, which is no picture; darknet's own folder is called "data".
std::string find_file(const Tree& tree, const LabelFile& file, const std::string& name) {
  std::string found = tree.find(name, file.name).file;
  if (found.empty() && name.starts_with("data/")) found = tree.find(name.substr(5), file.name).file;
  return media_kind(fs::path(found)) ? std::string() : found;
}

}  // namespace

Result<YoloDescription> read_data_yaml(const Tree& tree, const LabelFile& file) {
  DEW_TRY(const std::string text, read_file(file.path, kLargestDescription));
  try {
    return DataYaml(tree, file).read(text);
  } catch (const YAML::Exception& error) {
    return usage_error(
        "this is not YAML: " + printable(error.msg),
        error.mark.is_null() ? file.shown : fmt::format("{}:{}", file.shown, error.mark.line + 1),
        "mend that line");
  }
}

Result<YoloDescription> read_obj_data(const Tree& tree, const LabelFile& file) {
  DEW_TRY(const std::string text, read_file(file.path, kLargestDescription));
  std::map<std::string, std::string> settings;
  for (const std::string& line : split_list(text, '\n')) {
    const size_t equals = line.find('=');
    if (equals == std::string::npos || line.starts_with('#')) continue;
    settings[lower(trim(line.substr(0, equals)))] = trim(line.substr(equals + 1));
  }
  const std::string names = find_file(tree, file, settings["names"]);
  if (names.empty())
    return usage_error(
        fmt::format("the file with the names of the classes is not there: {}", printable(settings["names"])),
        file.shown, "put it beside obj.data");
  DEW_TRY(YoloDescription description, read_names_file(label_file(tree, tree.path_of(names))));
  description.files.push_back(file);
  for (const auto& [key, split] : kParts) {
    if (settings[key].empty()) continue;
    const std::string list = find_file(tree, file, settings[key]);
    if (list.empty()) {
      description.notes.push_back(
          fmt::format("{} of {} is not in this folder: {}", key, file.shown, printable(settings[key])));
      continue;
    }
    description.has_parts = true;
    DEW_CHECK(read_list(tree, list, split, description));
  }
  return description;
}

Result<YoloDescription> read_names_file(const LabelFile& file) {
  DEW_TRY(std::string text, read_file(file.path, kLargestDescription));
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  YoloDescription description;
  description.names_from = file.shown;
  description.files.push_back(file);
  int64_t number = 0;
  for (size_t from = 0; from < text.size(); ++number) {
    const size_t end = std::min(text.find('\n', from), text.size());
    const std::string name = trim(std::string_view(text).substr(from, end - from));
    if (!name.empty()) description.names.emplace(number, name);
    from = end + 1;
  }
  return description;
}

bool is_still_picture(std::string_view file) {
  return media_kind(fs::path(file)) == MediaKind::kImage;
}

bool is_names_file(std::string_view name) {
  const std::string last = lower(name.substr(name.rfind('/') + 1));
  return last == "classes.txt" || last == "_darknet.labels" || last.ends_with(".names");
}

}  // namespace dew::exchange
