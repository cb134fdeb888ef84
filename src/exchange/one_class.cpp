// A folder that was given as a class: folders in it are of dates, cameras and splits, not classes.
//
//     cat/1.jpg        cat/2024-01/2.jpg        cat/test/3.jpg
#include "exchange/camera_folders.h"
#include "exchange/exchange.h"
#include "exchange/formats.h"
#include "exchange/label_file.h"
#include "exchange/splits.h"
#include "media/media.h"

namespace dew::exchange {

DataSet read_as_one_class(const Tree& tree, const std::string& name) {
  DataSet set;
  set.format = kFolders.key;
  set.classes = {name};
  for (const std::string_view file : tree.files()) {
    if (!media_kind(fs::path(file))) continue;
    Item item;
    item.picture = file;
    item.classes = {name};
    if (const size_t slash = file.find('/'); slash != std::string_view::npos)
      item.split = split_of_name(file.substr(0, slash));
    set.items.add(item);
  }
  return set;
}

std::optional<Split> split_told_by(const fs::path& path) {
  const fs::path folder = path.parent_path().filename();
  return split_of_path((folder / path.filename()).generic_string());
}

std::optional<Split> split_of_folder(const fs::path& folder) {
  return split_of_name(folder.filename().string());
}

bool may_name_class(const std::string& folder) {
  return !split_of_name(folder) && !is_camera_folder(folder);
}

}  // namespace dew::exchange
