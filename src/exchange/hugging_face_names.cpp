#include "exchange/hugging_face_names.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "exchange/picture_folders.h"

namespace dew::exchange {
namespace {

using Json = nlohmann::json;

constexpr int64_t kLargestFile = int64_t{64} << 20;
constexpr size_t kLargestHead = 1 << 20;
constexpr int kDeepest = 4;
// A few bytes of YAML can stand for very much: an alias repeats what it names.
constexpr size_t kMostKeys = 1000;
constexpr int kMostFeatures = 1000;
constexpr size_t kMostNames = 1'000'000;

/// The number of a class written as a key: "'0': cat".
std::optional<size_t> index_of(const std::string& key) {
  size_t index = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
  if (error != std::errc() || end != key.data() + key.size()) return std::nullopt;
  return index;
}

/// A list of names, or a map from their numbers, which are 0, 1, 2 ... in any order.
std::vector<std::string> names_in(const YAML::Node& node) {
  std::vector<std::string> names(node.size());
  size_t next = 0;
  if (node.IsSequence())
    for (const YAML::Node& name : node) names[next++] = name.IsScalar() ? name.Scalar() : std::string();
  if (!node.IsMap()) return names;
  for (const auto& member : node) {
    const auto index = member.first.IsScalar() ? index_of(member.first.Scalar()) : std::nullopt;
    if (index && *index < names.size() && member.second.IsScalar()) names[*index] = member.second.Scalar();
  }
  return names;
}

/// The child of a map; an undefined node where there is none.
YAML::Node child(const YAML::Node& node, const char* key) {
  const bool small = node.IsMap() && node.size() <= kMostKeys;
  return small ? node[key] : YAML::Node(YAML::NodeType::Undefined);
}

/// Features below one another: lists and structures have features of their own.
class CardReader {
 public:
  void features(const YAML::Node& list, const std::string& prefix, int depth) {
    if (!list.IsSequence() || depth > kDeepest) return;
    for (const YAML::Node& feature : list) {
      const YAML::Node name = child(feature, "name");
      if (++seen_ > kMostFeatures || !name || !name.IsScalar()) return;
      const std::string key = prefix + name.Scalar();
      if (const YAML::Node type = child(feature, "dtype"); type) class_label(type, key);
      for (const char* nested : {"sequence", "list", "struct"})
        if (const YAML::Node inner = child(feature, nested); inner) below(inner, key, depth);
    }
  }
  [[nodiscard]] ClassNames take() { return std::move(names_); }

 private:
  /// "sequence:" may hold a list of features, or one "struct:" or "class_label:".
  void below(const YAML::Node& inner, const std::string& key, int depth) {
    features(inner, key + ".", depth + 1);
    if (const YAML::Node structure = child(inner, "struct"); structure)
      features(structure, key + ".", depth + 1);
    class_label(inner, key);
  }

  void class_label(const YAML::Node& type, const std::string& key) {
    const YAML::Node label = child(type, "class_label");
    if (!label) return;
    const YAML::Node names = child(label, "names");
    if (!names || names.size() > kMostNames - named_) return;
    named_ += names.size();
    names_[key] = names_in(names);
  }

  ClassNames names_;
  size_t named_ = 0;
  int seen_ = 0;
};

/// What stands between the two lines of "---" at the beginning.
std::string_view head_of_card(std::string_view markdown) {
  constexpr std::string_view kLine = "---";
  if (markdown.starts_with("\xEF\xBB\xBF")) markdown.remove_prefix(3);
  if (!markdown.starts_with(kLine)) return {};
  const size_t begin = markdown.find('\n');
  if (begin == std::string_view::npos) return {};
  const size_t end = markdown.find("\n---", begin);
  if (end == std::string_view::npos || end - begin > kLargestHead) return {};
  return markdown.substr(begin, end + 1 - begin);
}

void features_in_json(const Json& features, const std::string& prefix, int depth, ClassNames& found) {
  if (!features.is_object() || depth > kDeepest) return;
  for (const auto& [name, feature] : features.items()) {
    const Json* inner = &feature;
    if (inner->is_array() && !inner->empty()) inner = &(*inner)[0];
    if (!inner->is_object()) continue;
    if (const auto nested = inner->find("feature"); nested != inner->end()) inner = &*nested;
    const auto names = inner->find("names");
    if (names == inner->end() || !names->is_array()) {
      features_in_json(*inner, prefix + name + ".", depth + 1, found);
      continue;
    }
    auto& list = found[prefix + name];
    for (const Json& one : *names) list.push_back(one.is_string() ? one.get<std::string>() : std::string());
  }
}

}  // namespace

ClassNames names_in_card(std::string_view markdown) {
  CardReader reader;
  try {
    const YAML::Node card = YAML::Load(std::string(head_of_card(markdown)));
    const YAML::Node infos = child(card, "dataset_info");
    const bool several = infos && infos.IsSequence() && infos.size() > 0;
    const YAML::Node info = several ? infos[0] : infos;
    if (info)
      if (const YAML::Node features = child(info, "features"); features) reader.features(features, {}, 0);
  } catch (const YAML::Exception&) {
    return {};  // a card is free text: what it does not tell, the labels' own numbers do
  }
  return reader.take();
}

ClassNames names_in_infos(std::string_view json) {
  const Json infos = Json::parse(json, nullptr, false);
  ClassNames found;
  if (!infos.is_object() || infos.empty()) return found;
  const Json& info = infos.contains("features") ? infos : *infos.begin();
  if (info.is_object() && info.contains("features")) features_in_json(info["features"], {}, 0, found);
  return found;
}

Result<ClassNames> class_names(const Tree& tree, std::string_view metadata, std::string& read_from) {
  std::string_view folder = metadata;
  do {
    folder = parent_folder(folder);
    for (const char* called : {"README.md", "dataset_infos.json", "dataset_info.json"}) {
      const std::string name = (fs::path(folder) / called).generic_string();
      if (!tree.has(name)) continue;
      DEW_TRY(const std::string bytes, read_file(tree.path_of(name), kLargestFile));
      ClassNames names = name.ends_with(".md") ? names_in_card(bytes) : names_in_infos(bytes);
      if (names.empty()) continue;
      read_from = name;
      return names;
    }
  } while (!folder.empty());
  return ClassNames{};
}

}  // namespace dew::exchange
