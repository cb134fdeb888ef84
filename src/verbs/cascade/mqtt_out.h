// Events by MQTT: JSON lines, and what Home Assistant shows of them.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "intake/mqtt_client.h"
#include "verbs/cascade/cascade.h"
#include "verbs/cascade/home_assistant.h"
#include "verbs/common/event_classes.h"

namespace dew::verbs {

/// One connection. Nothing here waits for the broker; lines that cannot leave wait, and of too many the
/// oldest are dropped and counted. What stands (devices, states, pictures) is published anew whenever the
/// broker is back and when Home Assistant says that it has started.
class MqttOut {
 public:
  /// `address`: mqtt://[user@]host[:port]/prefix. `warn` is called from the client's thread. Error (usage):
  /// the address.
  static Result<std::unique_ptr<MqttOut>> open(const std::string& address, const Project& project,
                                               const std::vector<EventClass>& events,
                                               std::function<void(const std::string&)> warn,
                                               Backoff backoff = {});
  /// Says that it is not available any more.
  ~MqttOut();
  MqttOut(const MqttOut&) = delete;
  MqttOut& operator=(const MqttOut&) = delete;

  /// A source that is watched, as it is shown.
  void camera(const std::string& source);
  void line(const std::string& line);
  /// It has begun or ended; `folder` has its pictures.
  void event(const Event& event, const fs::path& folder);
  /// Its surest picture.
  void picture(const Event& event, const fs::path& folder);
  void answer(const Event& event, const Json& line);
  void asked(const cascade::AskFigures& figures);
  [[nodiscard]] intake::MqttFigures figures() const { return client_->figures(); }

 private:
  explicit MqttOut(HomeDevices devices) : devices_(std::move(devices)) {}
  void connect(std::unique_ptr<intake::MqttClient> client);
  void set(const std::string& topic, std::string payload);
  void announce();

  HomeDevices devices_;
  std::map<std::string, int> open_;        ///< events by the state's topic
  std::map<std::string, int64_t> counts_;  ///< by level
  std::mutex mutex_;
  std::map<std::string, std::string> standing_;  ///< by topic, retained
  std::unique_ptr<intake::MqttClient> client_;   ///< last: its thread uses the others
};

}  // namespace dew::verbs
