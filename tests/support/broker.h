// An MQTT broker for tests: Debian's mosquitto on a free port of this machine, ended with the test.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/base.h"

namespace dew::testing {

class Broker {
 public:
  /// Whether mosquitto is installed.
  static bool there();
  /// With a user, nobody else may connect.
  explicit Broker(std::string user = {}, const std::string& password = {});
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  [[nodiscard]] int port() const { return port_; }
  /// "mqtt://127.0.0.1:port/", in front of a topic.
  [[nodiscard]] std::string address() const;
  void start();
  /// Gone without a word, as when the machine is switched off.
  void kill();

 private:
  TemporaryFolder folder_;
  int port_;
  pid_t process_ = -1;
};

}  // namespace dew::testing
