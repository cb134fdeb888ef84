// The names of classes in a Hugging Face data set, where its labels are numbers.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/tree.h"

namespace dew::exchange {

/// Of each column of numbers, the classes in their order: "label", or "objects.category" for what stands in a
/// list of objects.
using ClassNames = std::map<std::string, std::vector<std::string>>;

/// From the head of a data set's card (README.md): dataset_info, features, class_label, names. Of several
/// configurations the first counts. Empty: it has none, or is no YAML.
ClassNames names_in_card(std::string_view markdown);

/// From the older dataset_infos.json or dataset_info.json. Empty: it has none, or is no JSON.
ClassNames names_in_infos(std::string_view json);

/// From whichever of these files lies beside `metadata` (a file of the tree; empty: it lies elsewhere), else
/// in the nearest folder around it; `read_from` gets its name.
Result<ClassNames> class_names(const Tree& tree, std::string_view metadata, std::string& read_from);

}  // namespace dew::exchange
