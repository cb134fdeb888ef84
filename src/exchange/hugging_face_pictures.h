// Which pictures a row of a Hugging Face image folder's metadata is about.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dew::exchange {

/// "file_name", "image_file_name", "file_names" ...: pictures relative to the metadata.
bool names_files(const std::string& key);

struct RowPictures {
  std::vector<std::string> names;  ///< those that the row is about; empty: it names none
  std::vector<std::string> maps;   ///< masks, depths ... of these: no samples
  bool unclear = false;            ///< several columns name pictures: which one a label is of is not told
};

/// Other pictures beside one that is called the row's own have no label. `row`: an object.
RowPictures pictures_of_row(const nlohmann::json& row);

}  // namespace dew::exchange
