// The verb `cascade`: what is watched, by which net and rules; what was learned from it.
#include "verbs/cascade/cascade.h"

#include <fmt/format.h>

#include <set>

#include "media/frames.h"
#include "verbs/cascade/cascading.h"
#include "verbs/cascade/learning.h"
#include "verbs/cascade/listening.h"
#include "verbs/cascade/pushing.h"
#include "verbs/cascade/watch_setup.h"
#include "verbs/common/only_one.h"
#include "verbs/common/open.h"

namespace dew::verbs {
namespace {

cascade::Crop crop_of(const std::string& setting) {
  if (setting == "only") return cascade::Crop::kOnly;
  return setting == "both" ? cascade::Crop::kBoth : cascade::Crop::kOff;
}

/// What to tell where nothing was watched, or a source was named wrongly.
Result<void> check_any_watched(const CascadeOutcome& outcome) {
  for (const WatchedSource& one : outcome.sources)
    if (one.broke_off && one.broke_off->fault == Fault::kUsage) return tl::unexpected(*one.broke_off);
  for (const WatchedSource& one : outcome.sources)
    if (!one.broke_off || one.frames > 0) return {};
  if (outcome.sources.empty()) return {};
  return tl::unexpected(*outcome.sources.front().broke_off);
}

Result<void> learn(Project& project, const Settings& settings, const EventLog& log,
                   const std::set<std::string>& prompt_hashes, CascadeOutcome& outcome, Watch& watch) {
  for (const std::string& hash : prompt_hashes) DEW_CHECK(project.set_note(asked_note(hash), settings.ask));
  DEW_TRY(const Learned learned, learn_from_events(project, settings, log, prompt_hashes, watch));
  outcome.learned = learned.answers;
  outcome.disagreed = learned.disagreed;
  if (outcome.unsure > 0) outcome.next = "label";
  if (learned.answers > 0) outcome.next = learned.disagreed > 0 ? "review" : "train";
  return {};
}

/// The one that watches, or with `sound` the one that listens.
Result<CascadeNet> net_of(const CascadeArgs& args, const Settings& settings) {
  if (!args.sound.empty()) return net_that_listens(args.sound, args.model);
  DEW_TRY(Model model, net_that_watches(args.model, settings));
  return CascadeNet{std::move(model), std::nullopt};
}

}  // namespace

Result<CascadeOutcome> cascade(const CascadeArgs& args, Watch& watch) {
  if (args.sources.empty() && args.listen.empty() && !args.ask_again)
    return usage_error("nothing to watch", {}, "name a video, a stream's address or a camera: camera:0");
  DEW_TRY(auto sources, watch_sources(args.sources));
  const auto pushed = take_pushed(sources);
  if (!args.sound.empty() && (!pushed.empty() || !args.listen.empty()))
    return usage_error("pictures that are pushed have no sound", "--sound",
                       "name recordings, videos, streams or microphones");
  DEW_TRY(Project project, open_project(args.model.project, watch));
  DEW_TRY(const Settings settings, cascade_settings(project, args.changes));
  DEW_TRY(const CascadeNet net, net_of(args, settings));
  const Model& model = net.model;
  DEW_TRY(auto events,
          net.sound ? sound_events(settings, net) : event_classes(settings, model.graph.classes));
  DEW_TRY(const TileGrid grid, parse_tiles(settings.tiles));
  tell_net(model, watch);

  WatchPlan plan{
      model, std::move(events), grid, settings.softness, settings.motion == "on", settings.learn, {}, {}};
  plan.sound = net.sound;
  for (const EventClass& one : plan.events) plan.settings.rules.push_back(one.rule);
  plan.settings.keys.pictures = settings.pictures;
  plan.settings.keys.before = settings.before;
  plan.settings.keys.crop = crop_of(settings.crop);
  plan.limits = watch_limits(settings);

  // A second program would take the first one's open events for lost.
  DEW_TRY(const auto only_one, hold_alone(project.folder() / ".dewdrop" / "cascade.lock"));
  if (!only_one)
    return work_error("another dewdrop cascade watches for this project", project.folder().string(),
                      "stop it, or give it all sources: one program watches many");
  DEW_TRY(EventLog log, EventLog::open(project));
  CascadeOutcome outcome;
  DEW_TRY(outcome.cut, log.cut_open());
  outcome.net = model.net;
  outcome.listened = plan.sound.has_value();
  if (outcome.listened && !settings.ask.empty())
    watch.inform(
        "the large model is asked about sounds of video files, with their pictures; others are only told");
  Cascading cascading(args, project, log, plan, sources, outcome, watch);
  DEW_CHECK(cascading.ask(project, settings));
  DEW_CHECK(cascading.post());
  DEW_CHECK(cascading.publish(project));
  DEW_CHECK(cascading.take_in(pushed));
  if (auto ran = cascading.run(); !ran) outcome.stopped = ran.error();
  if (!outcome.stopped) DEW_CHECK(check_any_watched(outcome));
  Watch calm;  // who watches live sources ends by an interrupt, and wants to learn nevertheless
  const auto learned =
      learn(project, settings, log, cascading.prompt_hashes(), outcome, outcome.stopped ? calm : watch);
  if (!learned && !outcome.stopped) return tl::unexpected(learned.error());
  return outcome;
}

}  // namespace dew::verbs
