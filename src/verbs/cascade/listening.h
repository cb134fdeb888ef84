// One thread a sound: it decodes, runs the front end, a sound net and the trigger, and tells what happens.
#pragma once

#include <atomic>

#include "verbs/cascade/watching.h"

namespace dew::verbs {

/// The net of a cascade, and if it listens how it is fed.
struct CascadeNet {
  Model model;
  std::optional<SoundFeed> sound;
};
/// `sound`: a .tflite file, or a microWakeWord manifest (.json) that names one; of `args` its classes are
/// taken. Error: load_model()'s; a model is named as well; classes without names; an input that is no
/// features of 40 channels.
Result<CascadeNet> net_that_listens(const fs::path& sound, const ModelArgs& args);

/// event_classes(), of a net with one class that one; their rules as the manifest has them, where there is
/// one.
Result<std::vector<EventClass>> sound_events(Settings settings, const CascadeNet& net);

/// What the thread of one source does until it ends or `stop` is set. `plan.sound` is set.
void listen(size_t number, const WatchSource& source, const WatchPlan& plan, Inbox<Sight>& inbox,
            const std::atomic<bool>& stop);

}  // namespace dew::verbs
