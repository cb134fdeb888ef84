#include "exchange/yolo_files.h"

#include <algorithm>
#include <array>

#include "exchange/yolo_description.h"
#include "exchange/yolo_labels.h"
#include "media/media.h"

namespace dew::exchange {
namespace {

/// Whether a setting at the top level has the key: `names:`, `"names":`, ` names = `.
bool has_key(std::string_view head, std::string_view key, char behind) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  while (!head.empty()) {
    const size_t end = std::min(head.find('\n'), head.size());
    std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 1, head.size()));
    const char* before = behind == ':' ? "\"'" : " \t";  // in YAML, what is indented is not at the top
    line.remove_prefix(std::min(line.find_first_not_of(before), line.size()));
    if (!line.starts_with(key)) continue;
    const size_t next = line.find_first_not_of(" \t\"'", key.size());
    if (next != std::string_view::npos && line[next] == behind) return true;
  }
  return false;
}

}  // namespace

bool is_data_yaml(std::string_view name, std::string_view head) {
  const std::string ending = lower(fs::path(name).extension().string());
  if ((ending != ".yaml" && ending != ".yml") || !has_key(head, "names", ':')) return false;
  constexpr std::array kKeys{"train", "val", "test", "nc"};
  const std::string stem = lower(fs::path(name).stem().string());
  return stem == "data" || stem == "dataset" ||
         std::any_of(kKeys.begin(), kKeys.end(), [&](const char* key) { return has_key(head, key, ':'); });
}

bool is_obj_data(std::string_view name, std::string_view head) {
  return lower(name).ends_with(".data") && has_key(head, "names", '=') &&
         (has_key(head, "train", '=') || has_key(head, "classes", '='));
}

std::string label_of(const Tree& tree, std::string_view picture) {
  const std::string beside = label_beside(picture);
  const auto in_labels = label_in_labels(picture);
  return in_labels && (tree.has(*in_labels) || !tree.has(beside)) ? *in_labels : beside;
}

std::string first_label(const Tree& tree) {
  for (const std::string_view file : tree.files()) {
    if (!is_still_picture(file)) continue;
    const std::string label = label_of(tree, file);
    if (!tree.has(label)) continue;
    const auto text = read_file(tree.path_of(label), kLargestLabels);
    if (const auto is_label = text ? looks_like_yolo_labels(*text) : false) return *is_label ? label : "";
  }
  return {};
}

}  // namespace dew::exchange
