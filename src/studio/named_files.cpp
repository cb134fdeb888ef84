#include "studio/named_files.h"

#include <algorithm>

#include "verbs/backbone/backbone.h"
#include "verbs/cascade/cascade.h"

namespace dew::studio {
namespace {

constexpr std::string_view kReplay = "replay:";
constexpr std::string_view kCamera = "camera:";

bool lies_in(const fs::path& folder, const fs::path& path) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

/// The whole path of a file of the project, whether it is there or not. Error (400): its path, or a link on
/// the way to it, leads out of the project's folder. `named`: in the words of the request.
Reply<fs::path> in_project(const Workplace& place, const fs::path& file, const std::string& named) {
  const fs::path whole = (place.project / file).lexically_normal();
  std::error_code lost;
  const fs::path folder = fs::canonical(place.project, lost);
  const fs::path reached = lost ? fs::path() : fs::weakly_canonical(whole, lost);
  if (!lost && lies_in(folder, reached)) return whole;
  return refuse(400, "this file is not in the project's folder", printable(named),
                "put it there and name it from there; files elsewhere are named on the command line, or in "
                "dewdrop.toml");
}

/// The same file from where the server runs stays in the request's words, which answers are known by.
std::string as_named(const fs::path& named, const fs::path& whole) {
  std::error_code lost;
  return fs::absolute(named, lost).lexically_normal() == whole && !lost ? named.string() : whole.string();
}

bool is_among(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// To open any other device may do something.
bool is_video_device(const std::string& which) {
  if (std::all_of(which.begin(), which.end(), [](char c) { return c >= '0' && c <= '9'; })) return true;
  const std::string device = fs::path(which).lexically_normal().string();
  return device.starts_with("/dev/video") || device.starts_with("/dev/v4l/");
}

Reply<std::string> named_source(const Workplace& place, const std::string& source) {
  if (source.starts_with(kCamera) && !is_video_device(source.substr(kCamera.size())))
    return refuse(400, "this is no video device", printable(source), "write camera:0, or camera:/dev/video0");
  DEW_TRY(const auto file, verbs::file_of_source(source));
  if (!file) return source;
  DEW_TRY(const fs::path whole, in_project(place, file->source, source));
  return file->region ? Fragment{whole.string(), std::nullopt, file->region}.str() : whole.string();
}

}  // namespace

Reply<std::string> named_teacher(const Workplace& place, const std::string& spec) {
  if (!spec.starts_with(kReplay) || spec == kReplay) return spec;
  const fs::path file = spec.substr(kReplay.size());
  const auto settings = place.browser.summary().settings;
  const bool known = is_among(settings.teacher.all, spec) || is_among(settings.large.all, spec);
  if (known) return std::string(kReplay) + (place.project / file).string();
  DEW_TRY(const fs::path whole, in_project(place, file, spec));
  return std::string(kReplay) + as_named(file, whole);
}

Reply<std::vector<std::string>> named_sources(const Workplace& place,
                                              const std::vector<std::string>& sources) {
  std::vector<std::string> whole;
  for (const std::string& source : sources) {
    DEW_TRY(std::string one, named_source(place, source));
    whole.push_back(std::move(one));
  }
  return whole;
}

Reply<std::string> named_backbone(const Workplace& place, const std::string& backbone) {
  if (verbs::is_backbone_name(backbone) || backbone == place.browser.summary().settings.backbone)
    return backbone;
  DEW_TRY(const fs::path whole, in_project(place, backbone, backbone));
  std::error_code none;
  if (fs::exists(whole, none)) return as_named(backbone, whole);
  return refuse(400, "there is no backbone '" + printable(backbone) + "'", {},
                "list them with dewdrop backbone list, or put its file into the project's folder");
}

}  // namespace dew::studio
