// mqtt_client: one connection to a broker, kept up by a thread of its own. The only piece that knows
// libmosquitto.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/backoff.h"
#include "base/base.h"
#include "intake/mqtt_address.h"

namespace dew::intake {

struct MqttMessage {
  std::string topic;
  std::string payload;
  bool retained = false;  ///< received: it is what the broker had kept; sent: it shall keep it
};

/// Called from the client's thread.
struct MqttListener {
  std::function<void(MqttMessage)> message;      ///< one that is larger than the limit does not come
  std::function<void()> connected;               ///< each time, also after it was gone
  std::function<void(const std::string&)> warn;  ///< the broker is gone, refuses, is back: each once
};

struct MqttFigures {
  int64_t sent = 0;         ///< that the broker has confirmed
  int64_t dropped = 0;      ///< the oldest, where too many waited
  int64_t waiting = 0;      ///< not confirmed yet
  int64_t reconnected = 0;  ///< times that the broker was back after it was gone
  int64_t too_large = 0;    ///< messages that came and were left out
};

/// Messages come and go with quality of service 1: once the broker has them, they arrive, if need be twice. A
/// broker that cannot be reached is tried again with growing pauses, for as long as this lives.
class MqttClient {
 public:
  static constexpr size_t kMostWaiting = 1000;

  struct Plan {
    MqttAddress broker;                 ///< its topic is not looked at
    std::string password;               ///< see mqtt_password()
    std::vector<std::string> filters;   ///< what is subscribed to
    std::optional<MqttMessage> will;    ///< the broker publishes it when this is gone without a word
    size_t largest = size_t{16} << 20;  ///< bytes of a message that is taken
    Backoff backoff = {};
  };

  /// Returns before the connection stands. Error: libmosquitto cannot be set up (TLS).
  static Result<std::unique_ptr<MqttClient>> open(Plan plan, MqttListener listener);
  /// Unless the broker is gone, what waits is sent first, for `kLastWords` at most.
  ~MqttClient();
  MqttClient(const MqttClient&) = delete;
  MqttClient& operator=(const MqttClient&) = delete;

  /// Any thread. In the order of the calls; of too many that wait the oldest is dropped.
  void publish(MqttMessage message);
  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] MqttFigures figures() const;

 private:
  static constexpr std::chrono::milliseconds kLastWords{2000};
  struct Library;

  MqttClient(Plan plan, MqttListener listener);
  Result<void> set_up();
  void run();
  bool keep_connection();
  void hand_over();
  void lost(const std::string& why);
  bool rest(std::chrono::milliseconds length);
  [[nodiscard]] std::string shown() const;

  Plan plan_;
  MqttListener listener_;
  std::unique_ptr<Library> library_;
  std::atomic<bool> connected_ = false;
  bool was_connected_ = false;
  std::atomic<bool> told_lost_ = false;
  std::string refused_;  ///< why the broker did not accept the connection
  int failed_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<MqttMessage> waiting_;
  int in_flight_ = 0;
  MqttFigures figures_;
  bool stop_ = false;
  std::thread thread_;
};

/// DEWDROP_MQTT_PASSWORD; empty where it is not set.
std::string mqtt_password();

}  // namespace dew::intake
