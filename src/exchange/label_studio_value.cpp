#include "exchange/label_studio_value.h"

namespace dew::exchange {
namespace {

using Json = nlohmann::json;

void add_strings(const Json& list, Annotated& said, int64_t& counted) {
  for (const Json& name : list) {
    if (!name.is_string() || name.get_ref<const std::string&>().empty()) continue;
    said.classes.push_back(name.get<std::string>());
    ++counted;
  }
}

Annotated in_object(const Json& value) {
  Annotated said;
  // Of some frames of a video, or of some of a sound.
  if (value.contains("ranges") || value.contains("sequence") ||
      (value.contains("start") && value.contains("end"))) {
    ++said.others;
    return said;
  }
  const bool of_region = value.contains("x") || value.contains("points");
  for (const auto& [key, member] : value.items()) {
    if (!member.is_array()) continue;
    if (key == "choices" && !of_region) add_strings(member, said, said.choices);
    if (key == "choices" && of_region && !member.empty()) ++said.of_regions;
    if (key.ends_with("labels")) {
      int64_t named = 0;
      add_strings(member, said, named);
      if (named > 0) ++said.boxes;
    }
  }
  if (said.choices == 0 && said.boxes == 0) ++said.others;
  return said;
}

}  // namespace

void Annotated::unite(const Annotated& more) {
  classes.insert(classes.end(), more.classes.begin(), more.classes.end());
  boxes += more.boxes;
  choices += more.choices;
  of_regions += more.of_regions;
  others += more.others;
}

Annotated annotated(const Json& value) {
  Annotated said;
  if (value.is_string() && !value.get_ref<const std::string&>().empty()) {
    said.classes.push_back(value.get<std::string>());
    ++said.choices;
  } else if (value.is_object()) {
    said = in_object(value);
  } else if (value.is_array()) {
    for (const Json& one : value) {
      if (one.is_object()) said.unite(in_object(one));
      if (one.is_string()) said.unite(annotated(one));
    }
  }
  return said;
}

Annotated annotated_in_cell(const std::string& cell) {
  constexpr size_t kLargest = 1 << 20;
  if (cell.size() <= kLargest && (cell.starts_with('{') || cell.starts_with('['))) {
    const Json value = Json::parse(cell, nullptr, false);
    if (value.is_structured()) return annotated(value);
  }
  return annotated(Json(cell));
}

}  // namespace dew::exchange
