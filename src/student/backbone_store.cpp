// Backbones by name: the one that is compiled in, and those that the user imported.
#include "student/backbone_store.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/user_folder.h"
#include "student/door.h"
#include "student/features.h"
#ifdef DEWDROP_BUNDLED_BACKBONE
#include "embed/backbones.h"
#endif

namespace dew::student {
namespace {

constexpr std::string_view kExtension = ".dewb";

}  // namespace

std::string_view bundled_bytes() {
#ifdef DEWDROP_BUNDLED_BACKBONE
  return backbones::bundled;
#else
  return {};
#endif
}

fs::path backbones_folder() {
  return user_data_folder() / "backbones";
}

std::vector<std::string> imported_backbones() {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator entry(backbones_folder(), failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed)) {
    if (entry->path().extension() == kExtension) names.push_back(entry->path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

fs::path imported_path(const std::string& name) {
  return backbones_folder() / (name + std::string(kExtension));
}

std::string default_backbone() {
  return bundled_bytes().empty() ? "random" : "bundled";
}

std::string fitting_backbone(const TrainSettings& settings) {
  if (settings.net != "mobilenet_v2" || bundled_bytes().empty()) return "random";
  const auto backbone = find_backbone("bundled");
  return backbone && std::abs(backbone->alpha - settings.alpha) < 1e-9 ? "bundled" : "random";
}

namespace {

Result<Backbone> find(const std::string& backbone) {
  if (backbone == "bundled") {
    if (!bundled_bytes().empty()) return decode_backbone(bundled_bytes(), "the bundled backbone");
    return usage_error("this build has no bundled backbone", {},
                       "choose \"random\", or import one: dewdrop backbone import FILE");
  }
  std::error_code ignored;
  const bool is_name = backbone.find('/') == std::string::npos;
  if (is_name && fs::exists(imported_path(backbone), ignored)) return read_backbone(imported_path(backbone));
  if (fs::exists(backbone, ignored)) return read_backbone(backbone);
  std::vector<std::string> names = imported_backbones();
  names.insert(names.end(), {"bundled", "random"});
  const std::string near = is_name ? closest(backbone, names) : "";
  return usage_error("there is no backbone '" + printable(backbone, 200) + "'", {},
                     near.empty() ? "list them with dewdrop backbone list, or give a file's path"
                                  : "did you mean '" + near + "'?");
}

}  // namespace

Result<Backbone> find_backbone(const std::string& backbone) {
  return guarded("reading the backbone", [&] { return find(backbone); });
}

Result<std::vector<std::vector<float>>> features(const std::string& backbone, int input,
                                                 std::span<const std::vector<uint8_t>> pictures,
                                                 Watch& watch) {
  return guarded("computing features", [&]() -> Result<std::vector<std::vector<float>>> {
    if (backbone == "random") return features_of(random_backbone(0.35, input, 1), input, pictures, watch);
    DEW_TRY(const Backbone found, find(backbone));
    return features_of(found, input, pictures, watch);
  });
}

}  // namespace dew::student
