// What Home Assistant reads to know the cascade's devices: one retained JSON message a device
// (home-assistant.io, MQTT, "Device discovery payload").
#pragma once

#include <string>
#include <vector>

#include "verbs/common/outcome.h"

namespace dew::verbs {

/// The gateway, and under it each camera, is a device. All its topics stand below `prefix`.
struct HomeDevices {
  std::string prefix;                ///< of the topics, without a slash at its end
  std::string gateway;               ///< an id: letters, digits and _
  std::string name;                  ///< of the project
  std::vector<std::string> classes;  ///< that are events

  [[nodiscard]] std::string availability() const { return prefix + "/available"; }
  [[nodiscard]] std::string lines() const { return prefix + "/events"; }
  /// The level of the gateway itself, below `prefix`.
  static constexpr const char* kGateway = "gateway";
  /// What a class is called in topics: by its number, as its name may hold anything.
  [[nodiscard]] static std::string entity(size_t number);
  /// The level below `prefix` that a camera has: the end of its name and a part of its hash, so that no two
  /// are alike.
  [[nodiscard]] static std::string level_of(const std::string& source);
  /// A state's topic: of a camera, or of the gateway (kGateway).
  [[nodiscard]] std::string state(const std::string& level, const std::string& what) const;
  /// Where the device's message goes.
  [[nodiscard]] std::string config_topic(const std::string& level) const;
  [[nodiscard]] Json camera(const std::string& source) const;
  [[nodiscard]] Json the_gateway() const;

 private:
  [[nodiscard]] std::string id_of(const std::string& level) const;
  [[nodiscard]] Json message(const std::string& level, Json device, Json components) const;
};

/// Of the event entity of a camera, when the large model has answered. Its other types are the classes.
inline constexpr const char* kAnswerType = "answer";

}  // namespace dew::verbs
