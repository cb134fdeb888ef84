// frigate: what Frigate tracks, as frames to be looked at. Its events say what comes and goes, its snapshots
// show it: <prefix>/events and <prefix>/<camera>/<label>/snapshot (docs.frigate.video, Integrations, MQTT).
#pragma once

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/backoff.h"
#include "intake/intake.h"
#include "intake/mqtt_address.h"

namespace dew::intake {

/// A message of <prefix>/events, as far as it is looked at.
struct FrigateEvent {
  enum class Type { kNew, kUpdate, kEnd };
  Type type = Type::kNew;
  std::string id;
  std::string camera;
  std::string label;
};

/// Error (work): not JSON, another type, no id, camera or label, or one that could not be a level of a topic.
Result<FrigateEvent> parse_frigate_event(std::string_view text);

/// Puts snapshots and events together. What Frigate sees of one label on one camera is one source: its frames
/// are the snapshots of objects that are there, and when the last of them has gone, so has what was seen. A
/// snapshot that came up to ten seconds before its event or, where none came meanwhile, after its end is
/// taken as well.
class FrigateDesk {
 public:
  /// `address` names the prefix, "frigate" by default.
  FrigateDesk(MqttAddress address, Host host);
  void take(std::string_view topic, std::string payload, bool retained, double seconds);
  [[nodiscard]] int64_t refused() const { return refused_; }
  [[nodiscard]] const std::string& prefix() const { return address_.topic; }

 private:
  struct Camera {
    std::shared_ptr<PushedFrames> frames;  ///< absent: too many cameras
    std::set<std::string> open;            ///< ids
    bool shown = false;                    ///< a frame of those that are open was taken
    std::string early;                     ///< a snapshot while nothing was open
    double early_at = 0;
    double unseen_at = -1;  ///< when it ended without a frame; below 0: it did not
  };
  void take_event(const FrigateEvent& event, double seconds);
  void take_snapshot(const std::string& camera, const std::string& label, std::string jpeg, double seconds);
  Camera* find(const std::string& camera, const std::string& label);

  MqttAddress address_;
  Host host_;
  std::map<std::pair<std::string, std::string>, Camera> cameras_;
  bool told_full_ = false;
  bool told_form_ = false;
  std::atomic<int64_t> refused_ = 0;
};

/// `address`: frigate://[user@]host[:port][/prefix]. Error (usage): the prefix is no topic.
Result<std::unique_ptr<Intake>> open_frigate(const MqttAddress& address, const Host& host,
                                             Backoff backoff = {});

}  // namespace dew::intake
