// mqtt_address: brokers and topics as users write them: mqtt://[user@]host[:port]/topic.
#pragma once

#include <string>
#include <string_view>

#include "base/base.h"

namespace dew::intake {

struct MqttAddress {
  std::string host;
  int port = 0;  ///< 1883, with TLS 8883, where none is named
  std::string user;
  bool tls = false;
  std::string topic;  ///< or a filter, or a prefix: what stands behind the host

  /// "mqtt://host:port/topic", without the user.
  [[nodiscard]] std::string shown(std::string_view topic_shown) const;
};

/// `scheme` is "mqtt" or "frigate"; with an "s" behind it the connection has TLS. Error (usage): another
/// scheme, no host, no topic, a port that is none, a password (lists of processes would show it: it belongs
/// into DEWDROP_MQTT_PASSWORD). No error repeats the address's user or password.
Result<MqttAddress> parse_mqtt_address(std::string_view text, std::string_view scheme = "mqtt");

/// Whether `text` begins as such an address.
bool is_mqtt_address(std::string_view text, std::string_view scheme = "mqtt");

/// A filter as MQTT has it (3.1.1, 4.7): UTF-8 without control characters, `+` a whole level, `#` the whole
/// last one.
bool is_topic_filter(std::string_view filter);
/// A filter without wildcards.
bool is_topic(std::string_view topic);
/// Whether the filter takes the topic. Both are what the two above accept.
bool topic_matches(std::string_view filter, std::string_view topic);

}  // namespace dew::intake
