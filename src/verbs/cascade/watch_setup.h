// What `cascade` and `cascade tune` begin with: settings, net, event classes.
#pragma once

#include <functional>
#include <vector>

#include "verbs/common/event_classes.h"
#include "verbs/common/model.h"

namespace dew::verbs {

using CascadeChanges = std::vector<std::function<void(Settings&)>>;

/// dewdrop.toml with the changes of this call. Error (usage): a value that they make wrong.
Result<Settings> cascade_settings(const Project& project, const CascadeChanges& changes);

/// With kernels for this machine, and names for its classes. Error: load_model()'s; classes without names.
Result<Model> net_that_watches(const ModelArgs& args, const Settings& settings);

MediaLimits watch_limits(const Settings& settings);

}  // namespace dew::verbs
