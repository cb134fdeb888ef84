// Which of a tree's files are YOLO's, by their names and first bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "exchange/tree.h"

namespace dew::exchange {

constexpr int64_t kLargestLabels = 16 << 20;  ///< bytes of a label file

/// A description of Ultralytics': data.yaml.
bool is_data_yaml(std::string_view name, std::string_view head);
/// A description of darknet's: obj.data.
bool is_obj_data(std::string_view name, std::string_view head);

/// The label file of a picture, which need not be there.
std::string label_of(const Tree& tree, std::string_view picture);
/// The first label file that is not empty, where it reads like one; empty: there is none.
std::string first_label(const Tree& tree);

}  // namespace dew::exchange
