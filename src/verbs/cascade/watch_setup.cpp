#include "verbs/cascade/watch_setup.h"

#include "media/source_name.h"
#include "store/settings.h"
#include "verbs/cascade/cascade.h"
#include "verbs/cascade/watching.h"

namespace dew::verbs {

Result<Settings> cascade_settings(const Project& project, const CascadeChanges& changes) {
  Settings settings = project.settings();
  for (const auto& change : changes) change(settings);
  if (const auto problem = store::find_problem(settings))
    return usage_error(problem->what, problem->key, problem->next);
  return settings;
}

Result<Model> net_that_watches(const ModelArgs& args, const Settings& settings) {
  ModelArgs which = args;
  if (which.isa.empty()) which.isa = compiler::isa_name(target::host_isa());  // all give the same bytes
  DEW_TRY(Model model, load_model(which));
  if (model.graph.classes.empty() && std::ssize(settings.classes) == model.plan.scores())
    model.graph.classes = settings.classes;
  if (model.graph.classes.empty())
    return usage_error("the model's classes have no names", model.file.string(),
                       "name them: --classes person,none");
  return model;
}

MediaLimits watch_limits(const Settings& settings) {
  constexpr int64_t kMega = 1'000'000;
  MediaLimits limits;
  limits.max_pixels = settings.largest_picture * kMega;
  return limits;
}

std::vector<std::string> whole_sources(std::vector<std::string> sources, const fs::path& start) {
  for (std::string& source : sources) {
    const size_t part = source.rfind("#xywh=");
    const fs::path file = start / source.substr(0, part);
    std::error_code none;
    if (fs::exists(file, none))
      source = file.lexically_normal().string() + (part == std::string::npos ? "" : source.substr(part));
  }
  return sources;
}

Result<std::optional<Fragment>> file_of_source(const std::string& source) {
  DEW_TRY(const auto found, watch_sources({source}));
  if (!is_path_source(found.front().source)) return std::nullopt;
  return Fragment{found.front().source, std::nullopt, found.front().regions.front()};
}

}  // namespace dew::verbs
