#include "verbs/cascade/home_assistant.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/base.h"

namespace dew::verbs {

std::string HomeDevices::entity(size_t number) {
  return fmt::format("class_{}", number);
}

std::string HomeDevices::level_of(const std::string& source) {
  constexpr size_t kLongest = 24;
  std::string end = lower(
      source.substr(source.find_last_of("/\\") == std::string::npos ? 0 : source.find_last_of("/\\") + 1));
  if (end.size() > kLongest) end.erase(0, end.size() - kLongest);
  std::string level;
  for (const char c : end) level += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_';
  return level + "_" + sha256(source).substr(0, 8);
}

std::string HomeDevices::state(const std::string& level, const std::string& what) const {
  return fmt::format("{}/{}/{}", prefix, level, what);
}

std::string HomeDevices::id_of(const std::string& level) const {
  return level == kGateway ? gateway : gateway + "_" + level;
}

std::string HomeDevices::config_topic(const std::string& level) const {
  return fmt::format("homeassistant/device/{}/config", id_of(level));
}

Json HomeDevices::message(const std::string& level, Json device, Json components) const {
  device["identifiers"] = {id_of(level)};
  device["manufacturer"] = "Dewdrop";
  for (auto& [key, component] : components.items()) component["unique_id"] = id_of(level) + "_" + key;
  return {{"device", std::move(device)},
          {"origin", {{"name", "dewdrop"}}},
          {"components", std::move(components)},
          {"availability_topic", availability()},
          {"qos", 1}};
}

Json HomeDevices::camera(const std::string& source) const {
  const std::string level = level_of(source);
  Json components;
  for (size_t i = 0; i < classes.size(); ++i)
    components[entity(i)] = {{"platform", "binary_sensor"},
                             {"name", printable(classes[i])},
                             {"state_topic", state(level, entity(i))}};
  Json types = Json::array();
  for (const std::string& one : classes) types.push_back(printable(one));
  if (std::find(classes.begin(), classes.end(), kAnswerType) == classes.end()) types.push_back(kAnswerType);
  components["event"] = {{"platform", "event"},
                         {"name", "Event"},
                         {"event_types", types},
                         {"state_topic", state(level, "event")}};
  components["picture"] = {{"platform", "image"},
                           {"name", "Surest picture"},
                           {"image_topic", state(level, "picture")},
                           {"content_type", "image/jpeg"}};
  components["count"] = {{"platform", "sensor"},
                         {"name", "Events"},
                         {"state_class", "total_increasing"},
                         {"state_topic", state(level, "count")}};
  return message(level, {{"name", printable(source)}, {"model", "camera"}, {"via_device", gateway}},
                 std::move(components));
}

Json HomeDevices::the_gateway() const {
  const auto sensor = [this](const char* shown, const char* what) {
    return Json{{"platform", "sensor"}, {"name", shown}, {"state_topic", state(kGateway, what)}};
  };
  Json components{{"count", sensor("Events", "count")},
                  {"answered", sensor("Answers of the large model", "answered")},
                  {"waiting", sensor("Questions that wait", "waiting")},
                  {"cost", sensor("Cost today", "cost")}};
  components["count"]["state_class"] = "total_increasing";
  components["waiting"]["state_class"] = "measurement";
  components["cost"]["device_class"] = "monetary";
  components["cost"]["unit_of_measurement"] = "USD";
  return message(kGateway, {{"name", "Dewdrop " + printable(name)}, {"model", "cascade"}},
                 std::move(components));
}

}  // namespace dew::verbs
