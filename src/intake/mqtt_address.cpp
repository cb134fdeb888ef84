#include "intake/mqtt_address.h"

#include <algorithm>
#include <charconv>

namespace dew::intake {
namespace {

constexpr size_t kLongestTopic = 65'535;

/// The level that `rest` begins with, which is taken from it; `more` says whether another follows.
std::string_view next_level(std::string_view& rest, bool& more) {
  const size_t end = rest.find('/');
  more = end != std::string_view::npos;
  const std::string_view level = rest.substr(0, end);
  rest.remove_prefix(more ? end + 1 : rest.size());
  return level;
}

Result<int> parse_port(std::string_view text, int otherwise) {
  if (text.empty()) return otherwise;
  int port = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (code != std::errc() || end != text.data() + text.size() || port < 1 || port > 65'535)
    return usage_error("the port of a broker is a number from 1 to 65535", {}, "mqtt://host:1883/topic");
  return port;
}

}  // namespace

std::string MqttAddress::shown(std::string_view topic_shown) const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  const std::string number = port == (tls ? 8883 : 1883) ? "" : ":" + std::to_string(port);
  return (tls ? "mqtts://" : "mqtt://") + name + number + "/" + std::string(topic_shown);
}

bool is_mqtt_address(std::string_view text, std::string_view scheme) {
  const std::string start = lower(text.substr(0, scheme.size() + 4));
  return start.starts_with(std::string(scheme) + "://") || start.starts_with(std::string(scheme) + "s://");
}

Result<MqttAddress> parse_mqtt_address(std::string_view text, std::string_view scheme) {
  const std::string form = std::string(scheme) + "://[user@]host[:port]/topic";
  if (!is_mqtt_address(text, scheme)) return usage_error("this is no address of a broker", {}, form);
  MqttAddress found;
  const size_t start = text.find("://");
  found.tls = start > scheme.size();
  text.remove_prefix(start + 3);
  const size_t slash = text.find('/');
  std::string_view server = text.substr(0, slash);
  found.topic = slash == std::string_view::npos ? "" : text.substr(slash + 1);
  if (const size_t at = server.rfind('@'); at != std::string_view::npos) {
    found.user = server.substr(0, at);
    server.remove_prefix(at + 1);
    if (found.user.find(':') != std::string::npos)
      return usage_error(
          "a password in an address is seen by all who can list processes", {},
          "put it into the environment variable DEWDROP_MQTT_PASSWORD, and write only the user");
  }
  size_t colon = server.rfind(':');
  if (server.starts_with('[')) {  // an IPv6 address
    const size_t close = server.find(']');
    if (close == std::string_view::npos) return usage_error("the broker's address lacks its ]", {}, form);
    found.host = server.substr(1, close - 1);
    colon = close + 1 < server.size() ? close + 1 : std::string_view::npos;
    if (colon != std::string_view::npos && server[colon] != ':')
      return usage_error("behind the ] of a broker's address stands a port or nothing", {}, form);
  } else {
    found.host = server.substr(0, colon);
  }
  const std::string_view port = colon == std::string_view::npos ? "" : server.substr(colon + 1);
  DEW_TRY(found.port, parse_port(port, found.tls ? 8883 : 1883));
  if (found.host.empty() || has_control(found.host) || has_control(found.user))
    return usage_error("the address names no broker", {}, form);
  return found;
}

bool is_topic_filter(std::string_view filter) {
  if (filter.empty() || filter.size() > kLongestTopic || !is_utf8(filter) || has_control(filter))
    return false;
  bool more = true;
  while (more) {
    const std::string_view level = next_level(filter, more);
    if (level == "+" || (level == "#" && !more)) continue;
    if (level.find_first_of("+#") != std::string_view::npos) return false;
  }
  return true;
}

bool is_topic(std::string_view topic) {
  return is_topic_filter(topic) && topic.find_first_of("+#") == std::string_view::npos;
}

bool topic_matches(std::string_view filter, std::string_view topic) {
  if (topic.starts_with('$') != filter.starts_with('$')) return false;  // 4.7.2: the broker's own
  bool filter_goes_on = true;
  bool topic_goes_on = true;
  while (filter_goes_on) {
    const std::string_view wanted = next_level(filter, filter_goes_on);
    if (wanted == "#") return true;  // its parent, too
    if (!topic_goes_on) return false;
    const std::string_view level = next_level(topic, topic_goes_on);
    if (wanted != "+" && wanted != level) return false;
  }
  return !topic_goes_on;
}

}  // namespace dew::intake
