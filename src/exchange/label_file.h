// A file that labels are read from, and what its name tells.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exchange/dataset.h"
#include "exchange/tree.h"

namespace dew::exchange {

/// A file with labels, as messages and lookups name it.
struct LabelFile {
  fs::path path;
  std::string name;   ///< below the root, also for Tree::find; empty where it lies outside
  std::string told;   ///< as the user gave it (Tree::as_given): what its path may tell of splits
  std::string shown;  ///< for messages
  [[nodiscard]] std::string known_name() const { return name.empty() ? path.generic_string() : name; }
};
LabelFile label_file(const Tree& tree, const fs::path& path);

/// The split that a file's own name tells ("instances_train2017.json"), else the nearest of its folders that
/// tells one ("train/_annotations.coco.json"). nullopt: none, or several ("train_val.json").
std::optional<Split> split_of_path(std::string_view path);

/// The split that the nearest folder of a file tells, whatever the file is called.
std::optional<Split> split_of_folders(std::string_view path);

}  // namespace dew::exchange
