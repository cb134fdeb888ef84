#include "intake/mqtt_frames.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <map>

#include "intake/mqtt_client.h"
#include "media/frames.h"

namespace dew::intake {
namespace {

class MqttFrames : public Intake {
 public:
  MqttFrames(MqttAddress address, Host host) : address_(std::move(address)), host_(std::move(host)) {}

  Result<void> open(Backoff backoff) {
    MqttClient::Plan plan{address_, mqtt_password(), {address_.topic}, {}, kLargestPicture, backoff};
    MqttListener listener;
    listener.message = [this](MqttMessage message) { take(std::move(message)); };
    listener.warn = host_.warn;
    DEW_TRY(client_, MqttClient::open(std::move(plan), std::move(listener)));
    return {};
  }

  [[nodiscard]] IntakeFigures figures() const override {
    const MqttFigures told = client_->figures();
    return {printable_source(address_.shown(address_.topic)), told.reconnected, refused_ + told.too_large};
  }

 private:
  void take(MqttMessage message) {
    if (message.retained || message.payload.empty()) return;
    if (!is_topic(message.topic) || !topic_matches(address_.topic, message.topic)) {
      ++refused_;
      return;
    }
    if (const auto camera = find(message.topic))
      camera->put({std::move(message.payload), steady_seconds()});
    else
      ++refused_;
  }

  std::shared_ptr<PushedFrames> find(const std::string& topic) {
    if (const auto known = cameras_.find(topic); known != cameras_.end()) return known->second;
    if (full_) return nullptr;
    auto made = std::make_shared<PushedFrames>(address_.shown(topic));
    if (!host_.camera(made)) {
      full_ = true;
      host_.warn(
          fmt::format("{}: more cameras than can be watched here; what others send is left out and counted",
                      printable_source(made->name())));
      return nullptr;
    }
    return cameras_[topic] = std::move(made);
  }

  MqttAddress address_;
  Host host_;
  std::map<std::string, std::shared_ptr<PushedFrames>> cameras_;
  bool full_ = false;
  std::atomic<int64_t> refused_ = 0;
  std::unique_ptr<MqttClient> client_;  ///< last: its thread uses the others
};

}  // namespace

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Result<std::unique_ptr<Intake>> open_mqtt_frames(const MqttAddress& address, Host host, Backoff backoff) {
  if (!is_topic_filter(address.topic))
    return usage_error(
        "this is no MQTT topic", printable_source(address.shown(address.topic)),
        "name one behind the broker: mqtt://host/cameras/yard, or mqtt://host/cameras/+ for all");
  auto made = std::make_unique<MqttFrames>(address, std::move(host));
  DEW_CHECK(made->open(backoff));
  return made;
}

}  // namespace dew::intake
