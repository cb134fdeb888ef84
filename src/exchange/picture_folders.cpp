#include "exchange/picture_folders.h"

namespace dew::exchange {

std::string_view parent_folder(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

bool lies_in(std::string_view path, std::string_view folder) {
  return folder.empty() ||
         (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

void PictureFolders::add(std::string_view picture) {
  std::string_view folder = parent_folder(picture);
  while (folders_.insert(folder).second && !folder.empty()) folder = parent_folder(folder);
}

std::string_view PictureFolders::nearest(std::string_view folder) const {
  while (!folder.empty() && !holds(folder)) folder = parent_folder(folder);
  return folder;
}

}  // namespace dew::exchange
