// YOLO: a label file a picture, with the numbers of classes that another file names.
//
//     data.yaml                  names: {0: robin, 1: tit}      train: images/train
//     images/train/a.jpg
//     labels/train/a.txt         0 0.5 0.5 0.2 0.1
//
// Ultralytics' layout (detection, segments, poses), and darknet's: labels beside the pictures, with obj.data,
// obj.names, _darknet.labels or classes.txt.
// https://docs.ultralytics.com/datasets/detect/
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "exchange/boxed_pictures.h"
#include "exchange/formats.h"
#include "exchange/yolo_description.h"
#include "exchange/yolo_files.h"
#include "media/media.h"

namespace dew::exchange {
namespace {

bool claims_file(std::string_view name, std::string_view head) {
  return is_data_yaml(name, head) || is_obj_data(name, head);
}

/// Labels alone are enough: that the file with their names is missing is told then.
bool claims_tree(const Tree& tree) {
  return !first_label(tree).empty();
}

std::string folder_of(std::string_view file) {
  return std::string(file.substr(0, file.rfind('/') + 1));
}

class Reader {
 public:
  Reader(const Tree& tree, Watch& watch) : tree_(tree), watch_(watch), pictures_(tree) {}

  Result<void> read_described(const YoloDescription& description) {
    std::vector<YoloDescription::Part> parts = description.parts;
    if (!description.has_parts) parts = pictures_with_labels();
    take_notes(description);
    for (const auto& [number, name] : description.names) pictures_.class_number(name);
    DEW_CHECK(check_names_files(parts, description));
    return read_parts(parts, [&](const std::string&) { return &description; });
  }

  /// Names files hold for the label files below their folders.
  Result<void> read_by_folders() {
    std::map<std::string, YoloDescription> by_folder;
    if (std::none_of(tree_.files().begin(), tree_.files().end(), is_names_file)) return without_names();
    for (const std::string_view file : tree_.files()) {
      if (!is_names_file(file)) continue;
      DEW_TRY(YoloDescription description, read_names_file(label_file(tree_, tree_.path_of(file))));
      by_folder.emplace(folder_of(file), std::move(description));
    }
    DEW_CHECK(check_folders(by_folder));
    for (const auto& [folder, description] : by_folder) {
      take_notes(description);
      for (const auto& [number, name] : description.names) pictures_.class_number(name);
    }
    return read_parts(pictures_with_labels(), [&](const std::string& label) -> const YoloDescription* {
      std::string folder = folder_of(label);
      while (true) {
        if (const auto at = by_folder.find(folder); at != by_folder.end()) return &at->second;
        if (folder.empty() && by_folder.size() == 1) return &by_folder.begin()->second;  // no other is meant
        if (folder.empty()) return nullptr;
        folder = folder_of(folder.substr(0, folder.size() - 1));
      }
    });
  }

  DataSet finish() && {
    pictures_.note_count(with_confidence_, "box has a confidence: it is a model's, and is not taken",
                         "boxes have confidences: they are a model's, and are not taken");
    pictures_.note_count(with_points_, "polygon or pose is not taken along: only its class is",
                         "polygons and poses are not taken along: only their classes are");
    pictures_.note_count(background_, "picture has no label file and is taken as background",
                         "pictures have no label files and are taken as background");
    pictures_.note_count(without_names_,
                         "label file is not taken along: no file with names of classes is above it",
                         "label files are not taken along: no file with names of classes is above them");
    return std::move(pictures_).finish(BoxedPictures::ClassOrder::kAsAdded);
  }

 private:
  void take_notes(const YoloDescription& description) {
    for (const LabelFile& file : description.files) pictures_.read_from(file);
    for (const Missing& missing : description.missing) pictures_.missing(missing);
    for (const std::string& note : description.notes) pictures_.note(note);
  }

  /// Numbers alone say nothing.
  Result<void> without_names() {
    int64_t labels = 0;
    for (const std::string_view file : tree_.files()) {
      if (!is_still_picture(file) || !tree_.has(label_of(tree_, file))) continue;
      pictures_.read_from(label_file(tree_, tree_.path_of(label_of(tree_, file))));
      ++labels;
    }
    pictures_.note(fmt::format(
        "{} like YOLO's ({} ...), but the file that names their classes is missing: data.yaml (names: "
        "[...]), "
        "obj.names or classes.txt (a name a line, in the order of their numbers); put it there, or give the "
        "folder that it lies in",
        plural(labels, "label file looks", "label files look"), printable(first_label(tree_))));
    return {};
  }

  /// Error (usage): of two names files, one above the other, each calls a class otherwise: the nearer one may
  /// be the older.
  static Result<void> check_folders(const std::map<std::string, YoloDescription>& by_folder) {
    for (auto above = by_folder.begin(); above != by_folder.end(); ++above)
      for (auto below = std::next(above); below != by_folder.end(); ++below)
        if (below->first.starts_with(above->first)) DEW_CHECK(check_same(below->second, above->second));
    return {};
  }

  static Result<void> check_same(const YoloDescription& one, const YoloDescription& other) {
    for (const auto& [number, name] : one.names) {
      const auto at = other.names.find(number);
      if (at == other.names.end() || at->second == name) continue;
      return usage_error(fmt::format("class {} is '{}' here and '{}' in {}", number, printable(name, 60),
                                     printable(at->second, 60), other.names_from),
                         one.names_from, "correct or remove one of the two files");
    }
    return {};
  }

  /// Error (usage): a names file above the label files calls a class otherwise than their description does.
  Result<void> check_names_files(const std::vector<YoloDescription::Part>& parts,
                                 const YoloDescription& description) {
    std::unordered_set<std::string> folders;
    for (const auto& part : parts)
      if (const std::string label = label_of(tree_, tree_.files()[part.picture]); tree_.has(label))
        folders.insert(folder_of(label));
    for (const std::string_view file : tree_.files()) {
      const bool above = is_names_file(file) &&
                         std::any_of(folders.begin(), folders.end(),
                                     [&](const auto& one) { return one.starts_with(folder_of(file)); });
      if (!above) continue;
      DEW_TRY(const YoloDescription other, read_names_file(label_file(tree_, tree_.path_of(file))));
      DEW_CHECK(check_same(other, description));
      pictures_.read_from(other.files.front());
    }
    return {};
  }

  /// All pictures in folders where some have label files.
  [[nodiscard]] std::vector<YoloDescription::Part> pictures_with_labels() const {
    std::unordered_set<std::string> folders;
    for (const std::string_view file : tree_.files())
      if (is_still_picture(file) && tree_.has(label_of(tree_, file))) folders.insert(folder_of(file));
    std::vector<YoloDescription::Part> parts;
    for (uint32_t i = 0; i < tree_.files().size(); ++i) {
      const std::string_view file = tree_.files()[i];
      if (is_still_picture(file) && folders.contains(folder_of(file)))
        parts.push_back({split_of_folders(tree_.as_given(file)), i});
    }
    return parts;
  }

  /// Label files beside others that no picture has, and those that several have: whose they are is not known.
  void miss_pictures() {
    std::unordered_set<std::string> used, folders;
    for (const std::string_view file : tree_.files()) {
      if (!is_still_picture(file)) continue;
      std::string label = label_of(tree_, file);
      if (!tree_.has(label)) continue;
      folders.insert(folder_of(label));
      const auto [at, fresh] = used.insert(std::move(label));
      if (fresh || shared_.contains(*at)) continue;
      const Tree::Found one = tree_.find_picture(file.substr(0, file.rfind('.')));  // copies are one picture
      if (!one.several) continue;
      shared_.insert(*at);
      pictures_.missing({*at, *at, one.why});
    }
    for (const std::string_view file : tree_.files()) {
      const std::string name(file);
      if (!lower(name).ends_with(".txt") || !folders.contains(folder_of(name)) || used.contains(name))
        continue;
      const auto text = read_file(tree_.path_of(file), kLargestLabels);
      if (text && looks_like_yolo_labels(*text).value_or(false))
        pictures_.missing({name.substr(0, name.rfind('.')), name, "no such picture"});
    }
  }

  template <typename DescriptionOf>
  Result<void> read_parts(const std::vector<YoloDescription::Part>& parts,
                          const DescriptionOf& description_of) {
    std::unordered_set<std::string> labelled_folders;
    const auto& files = tree_.files();
    for (const auto& part : parts)
      if (tree_.has(label_of(tree_, files[part.picture])))
        labelled_folders.insert(folder_of(files[part.picture]));
    if (labelled_folders.empty() && !parts.empty())
      pictures_.note(fmt::format("no label files are there: {}'s would be {}",
                                 printable(files[parts[0].picture]),
                                 printable(label_of(tree_, files[parts[0].picture]))));
    miss_pictures();
    return for_each_watched(parts.size(), watch_, [&](size_t i) -> Result<void> {
      const std::string name(files[parts[i].picture]);
      const std::string label = label_of(tree_, name);
      const size_t picture = pictures_.picture(name, tree_.has(label) ? label : name);
      pictures_.split(picture, parts[i].split);
      if (shared_.contains(label)) return {};
      if (!tree_.has(label)) {
        if (labelled_folders.contains(folder_of(name)) && read_by(picture) == nullptr &&
            background_pictures_.insert(picture).second) {
          pictures_.looked_at(picture);
          ++background_;
        }
        return {};
      }
      const YoloDescription* description = description_of(label);
      if (description != nullptr) return read_labels(picture, label, *description);
      ++without_names_;
      return {};
    });
  }

  const YoloDescription*& read_by(size_t picture) {
    if (picture >= read_.size()) read_.resize(picture + 1);
    return read_[picture];
  }

  Result<void> read_labels(size_t picture, const std::string& name, const YoloDescription& description) {
    const YoloDescription*& before = read_by(picture);
    const bool is_new = before == nullptr;
    if (!is_new && (before == &description || before->names == description.names)) return {};
    const LabelFile file = label_file(tree_, tree_.path_of(name));
    if (!is_new)
      return usage_error(fmt::format("its classes have other names in {} than in {}", before->names_from,
                                     description.names_from),
                         file.shown, "remove one of the two files");
    before = &description;
    DEW_TRY(const std::string text, read_file(file.path, kLargestLabels));
    DEW_TRY(const YoloLabels labels,
            parse_yolo_labels(text, description.names, file.shown, description.names_from));
    for (const int64_t number : labels.classes)
      pictures_.shows(picture, pictures_.class_number(description.names.at(number)));
    // Where a model alone saw something, nobody says that there is nothing.
    if (labels.with_confidence == 0 || !labels.classes.empty()) pictures_.looked_at(picture);
    pictures_.count_boxes(static_cast<int64_t>(labels.classes.size()));
    pictures_.read_from(file);
    with_confidence_ += labels.with_confidence;
    with_points_ += labels.with_points;
    return {};
  }

  const Tree& tree_;
  Watch& watch_;
  BoxedPictures pictures_;
  std::vector<const YoloDescription*> read_;  ///< which names a picture's labels were read by; nullptr: none
  std::unordered_set<size_t> background_pictures_;
  std::unordered_set<std::string> shared_;  ///< label files that several pictures have
  int64_t with_confidence_ = 0;
  int64_t with_points_ = 0;
  int64_t background_ = 0;
  int64_t without_names_ = 0;
};

Result<DataSet> read(const Tree& tree, const ClaimedFiles& files, Watch& watch) {
  Reader reader(tree, watch);
  if (files.empty()) DEW_CHECK(reader.read_by_folders());
  std::vector<YoloDescription> descriptions;
  for (size_t i = 0; i < files.size(); ++i) {
    const fs::path path = files[i];
    const LabelFile file = label_file(tree, path);
    const bool is_yaml = lower(path.extension().string()) != ".data";
    DEW_TRY(YoloDescription description, is_yaml ? read_data_yaml(tree, file) : read_obj_data(tree, file));
    descriptions.push_back(std::move(description));
  }
  for (const YoloDescription& description : descriptions) DEW_CHECK(reader.read_described(description));
  return std::move(reader).finish();
}

}  // namespace

const Format kYolo{
    "yolo",      "YOLO",      "a label file a picture, with data.yaml, obj.data or classes.txt",
    claims_file, claims_tree, read};

}  // namespace dew::exchange
