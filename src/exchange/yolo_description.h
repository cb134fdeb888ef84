// What a data set in YOLO's form says of itself: the names of its classes and where its splits are.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exchange/boxed_pictures.h"
#include "exchange/yolo_labels.h"
#include "store/store.h"

namespace dew::exchange {

struct YoloDescription {
  YoloNames names;
  std::string names_from;  ///< "data.yaml", for messages
  struct Part {
    std::optional<Split> split;
    uint32_t picture = 0;  ///< in Tree::files()
  };
  bool has_parts = false;        ///< it says which pictures are its own; else all with label files are
  std::vector<Part> parts;       ///< a picture each
  std::vector<Missing> missing;  ///< pictures in lists
  std::vector<LabelFile> files;  ///< that were read
  std::vector<std::string> notes;
};

/// Ultralytics' data.yaml: names, and train, val and test as folders or lists, below `path`.
/// Error (usage): not YAML, or no names, with its line.
Result<YoloDescription> read_data_yaml(const Tree& tree, const LabelFile& file);

/// Darknet's obj.data: names, train and valid as files with lists.
Result<YoloDescription> read_obj_data(const Tree& tree, const LabelFile& file);

/// A line a class: classes.txt, obj.names, _darknet.labels.
Result<YoloDescription> read_names_file(const LabelFile& file);
bool is_names_file(std::string_view name);

/// By its extension.
bool is_still_picture(std::string_view file);

}  // namespace dew::exchange
