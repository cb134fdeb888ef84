#include "verbs/cascade/pushing.h"

#include <algorithm>
#include <iterator>

#include "intake/filling_folder.h"
#include "intake/frame_post.h"
#include "intake/frigate.h"
#include "intake/mqtt_frames.h"

namespace dew::verbs {

namespace {

constexpr const char* kFrigate = "frigate";

bool is_folder(const std::string& source) {
  std::error_code none;
  return fs::is_directory(source, none);
}

/// By its whole path, so that its events have one name.
fs::path folder_of(const std::string& source) {
  fs::path folder = fs::absolute(source).lexically_normal();
  return folder.has_filename() ? folder : folder.parent_path();
}

}  // namespace

bool is_pushed(const std::string& source) {
  return intake::is_mqtt_address(source) || intake::is_mqtt_address(source, kFrigate) || is_folder(source);
}

std::vector<WatchSource> take_pushed(std::vector<WatchSource>& sources) {
  const auto behind = std::stable_partition(sources.begin(), sources.end(),
                                            [](const WatchSource& one) { return !is_pushed(one.source); });
  std::vector<WatchSource> taken(std::make_move_iterator(behind), std::make_move_iterator(sources.end()));
  sources.erase(behind, sources.end());
  return taken;
}

Result<std::unique_ptr<Pushing>> Pushing::open(const CascadeArgs& args,
                                               const std::vector<WatchSource>& sources,
                                               const MediaLimits& limits, Inbox<Sight>& inbox) {
  std::unique_ptr<Pushing> made(new Pushing(inbox));
  for (const WatchSource& one : sources) {
    DEW_TRY(auto intake, made->open_one(one, args));
    made->intakes_.push_back(std::move(intake));
  }
  if (args.listen.empty()) return made;
  DEW_TRY(const intake::PostAddress address, intake::parse_post_address(args.listen));
  DEW_TRY(auto server, intake::open_frame_post(address, intake::post_token(), limits,
                                               made->host_for({"", {std::nullopt}})));
  made->intakes_.push_back(std::move(server));
  return made;
}

Result<std::unique_ptr<intake::Intake>> Pushing::open_one(const WatchSource& source,
                                                          const CascadeArgs& args) {
  if (is_folder(source.source))
    return intake::open_filling_folder(folder_of(source.source), args.folders_from_start, host_for(source));
  if (intake::is_mqtt_address(source.source, kFrigate)) {
    WatchSource snapshots = source;
    snapshots.each_counts = true;
    DEW_TRY(const intake::MqttAddress address, intake::parse_mqtt_address(source.source, kFrigate));
    return intake::open_frigate(address, host_for(snapshots));
  }
  DEW_TRY(const intake::MqttAddress address, intake::parse_mqtt_address(source.source));
  return intake::open_mqtt_frames(address, host_for(source));
}

/// A camera is watched in the parts that its source names.
intake::Host Pushing::host_for(const WatchSource& source) {
  return {[this, source](const std::shared_ptr<PushedFrames>& frames) {
            if (cameras_.fetch_add(1) >= kMostCameras) return false;
            WatchSource camera = source;
            camera.source = frames->name();
            camera.pushed = frames;
            inbox_.put_at_once(SawCamera{std::move(camera)});
            return true;
          },
          [this](const std::string& warning) { inbox_.put_at_once(SawWarning{warning}); }};
}

std::vector<intake::IntakeFigures> Pushing::figures() const {
  std::vector<intake::IntakeFigures> all;
  for (const auto& one : intakes_) all.push_back(one->figures());
  return all;
}

}  // namespace dew::verbs
