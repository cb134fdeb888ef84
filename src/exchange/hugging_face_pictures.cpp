#include "exchange/hugging_face_pictures.h"

#include <algorithm>
#include <utility>

#include "base/base.h"
#include "exchange/table.h"

namespace dew::exchange {
namespace {

using Json = nlohmann::json;

/// The columns of the picture itself, where others stand beside it.
bool is_own_picture(const std::string& key) {
  return key == "file_name" || key == "file_names" || key == "image_file_name" || key == "image_file_names";
}

void add_names(const Json& value, std::vector<std::string>& names) {
  if (value.is_string() && !value.get_ref<const std::string&>().empty())
    names.push_back(value.get<std::string>());
  if (value.is_array())
    for (const Json& one : value)
      if (one.is_string() && !one.get_ref<const std::string&>().empty())
        names.push_back(one.get<std::string>());
}

}  // namespace

bool names_files(const std::string& key) {
  return key == "file_name" || key == "file_names" || key.ends_with("_file_name") ||
         key.ends_with("_file_names");
}

RowPictures pictures_of_row(const Json& row) {
  RowPictures found;
  std::vector<std::string> keys, others;
  for (const auto& [key, value] : row.items())
    if (names_files(key) && !value.is_null()) keys.push_back(key);
  const bool has_own = std::any_of(keys.begin(), keys.end(), is_own_picture);
  const auto candidates =
      std::count_if(keys.begin(), keys.end(), [](const std::string& key) { return !is_map_of_another(key); });
  found.unclear = !has_own && candidates > 1;
  for (const std::string& key : keys) {
    const bool map = keys.size() > 1 && is_map_of_another(key);
    const bool own = is_own_picture(key) || (!has_own && !map);
    add_names(row[key], own ? found.names : map ? found.maps : others);
  }
  if (found.names.empty()) found.names = std::move(others);
  if (found.names.empty()) found.names = std::exchange(found.maps, {});
  return found;
}

}  // namespace dew::exchange
