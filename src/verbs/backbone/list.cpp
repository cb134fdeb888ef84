// The bundled backbone, and those that the user imported.
#include "student/backbone_store.h"
#include "verbs/backbone/describe.h"

namespace dew::verbs {

BackboneInfo describe(const std::string& name, const student::Backbone& backbone, std::string_view file) {
  return {name, backbone.alpha, backbone.input, backbone.numbers(), sha256(file), backbone.origin};
}

Result<BackbonesOutcome> list_backbones(Watch& watch) {
  BackbonesOutcome outcome;
  outcome.folder = student::backbones_folder();
  const auto add = [&](const std::string& name, std::string_view bytes) -> Result<void> {
    DEW_TRY(const auto backbone, student::decode_backbone(bytes, name));
    outcome.backbones.push_back(describe(name, backbone, bytes));
    return {};
  };
  if (!student::bundled_bytes().empty()) DEW_CHECK(add("bundled", student::bundled_bytes()));
  for (const std::string& name : student::imported_backbones()) {
    const fs::path path = student::imported_path(name);
    const auto bytes = read_file(path, kBackboneLimit);
    const auto added = bytes ? add(name, *bytes) : tl::unexpected(bytes.error());
    if (!added) watch.warn(path.string() + ": " + added.error().what);
  }
  return outcome;
}

bool is_backbone_name(const std::string& text) {
  if (text.empty() || text == "bundled" || text == "random") return true;
  std::error_code none;
  return text.find('/') == std::string::npos && fs::exists(student::imported_path(text), none);
}

Json to_json(const BackboneInfo& info) {
  return Json{{"name", info.name},       {"alpha", info.alpha},   {"input", info.input},
              {"numbers", info.numbers}, {"sha256", info.sha256}, {"origin", info.origin}};
}

Json to_json(const BackbonesOutcome& outcome) {
  Json all = Json::array();
  for (const BackboneInfo& info : outcome.backbones) all.push_back(to_json(info));
  return Json{{"backbones", all}, {"folder", outcome.folder.string()}};
}

}  // namespace dew::verbs
