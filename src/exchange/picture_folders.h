// Which folders of a tree hold pictures: a file of labels means those around it.
#pragma once

#include <string_view>
#include <unordered_set>

namespace dew::exchange {

/// Folders by their paths below the root; "" is the root. Costs some fifty bytes a folder.
class PictureFolders {
 public:
  /// `picture`: its path below the root, which must outlive this.
  void add(std::string_view picture);
  /// Whether pictures lie in it or in folders of it.
  [[nodiscard]] bool holds(std::string_view folder) const { return folders_.contains(folder); }
  /// The folder itself where it holds pictures, else the nearest one around it that does.
  [[nodiscard]] std::string_view nearest(std::string_view folder) const;

 private:
  std::unordered_set<std::string_view> folders_;
};

/// "a/b" of "a/b/1.jpg"; "" for the root.
std::string_view parent_folder(std::string_view path);

/// Whether the path lies in the folder, or in one of its folders.
bool lies_in(std::string_view path, std::string_view folder);

}  // namespace dew::exchange
