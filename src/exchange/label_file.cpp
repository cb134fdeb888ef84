#include "exchange/label_file.h"

#include "exchange/picture_folders.h"
#include "exchange/splits.h"

namespace dew::exchange {
namespace {

/// The one split that the words of a name tell.
std::optional<Split> split_of_words(std::string name) {
  for (char& c : name)
    if (c == '_' || c == '-' || c == '.' || c == ' ') c = '/';
  std::optional<Split> found;
  for (const std::string& word : split_list(name, '/')) {
    const auto split = split_of_name(word);
    if (split && found && *split != *found) return std::nullopt;
    if (split) found = split;
  }
  return found;
}

}  // namespace

LabelFile label_file(const Tree& tree, const fs::path& path) {
  constexpr size_t kLongestPath = 4096;
  const std::string relative = path.lexically_relative(tree.root()).generic_string();
  const bool inside = !relative.empty() && relative != "." && !relative.starts_with("..");
  return {path, inside ? relative : std::string(),
          inside ? std::string(tree.as_given(relative)) : path.filename().string(),
          printable(inside ? relative : path.string(), kLongestPath)};
}

std::optional<Split> split_of_path(std::string_view path) {
  std::vector<std::string> parts = split_list(path, '/');
  if (parts.empty()) return std::nullopt;
  if (const auto split = split_of_words(parts.back())) return split;
  return split_of_folders(path);
}

std::optional<Split> split_of_folders(std::string_view path) {
  for (std::string_view folder = parent_folder(path); !folder.empty(); folder = parent_folder(folder))
    if (const auto split = split_of_name(folder.substr(folder.rfind('/') + 1))) return split;
  return std::nullopt;
}

}  // namespace dew::exchange
