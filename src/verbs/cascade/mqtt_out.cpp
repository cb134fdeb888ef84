#include "verbs/cascade/mqtt_out.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "media/frames.h"
#include "verbs/cascade/learning.h"

namespace dew::verbs {
namespace {

constexpr const char* kGateway = HomeDevices::kGateway;
constexpr const char* kBirth = "homeassistant/status";

std::string text_of(const Json& object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The same for the same project on the same machine, so that Home Assistant knows its devices again.
std::string gateway_id(const Project& project) {
  std::array<char, 256> host{};
  (void)::gethostname(host.data(), host.size() - 1);
  return "dewdrop_" + sha256(host.data() + project.folder().string()).substr(0, 12);
}

}  // namespace

Result<std::unique_ptr<MqttOut>> MqttOut::open(const std::string& text, const Project& project,
                                               const std::vector<EventClass>& events,
                                               std::function<void(const std::string&)> warn,
                                               Backoff backoff) {
  DEW_TRY(intake::MqttAddress address, intake::parse_mqtt_address(text));
  while (address.topic.ends_with('/')) address.topic.pop_back();
  if (!intake::is_topic(address.topic))
    return usage_error("events need a topic to go to, without wildcards", printable_source(text),
                       "name one behind the broker: --mqtt mqtt://host/dewdrop");
  HomeDevices devices{address.topic, gateway_id(project), project.settings().name, {}};
  for (const EventClass& one : events) devices.classes.push_back(one.rule.event_class);
  std::unique_ptr<MqttOut> out(new MqttOut(std::move(devices)));
  const HomeDevices& known = out->devices_;
  out->set(known.availability(), "online");
  out->set(known.config_topic(kGateway), text_of(known.the_gateway()));
  out->set(known.state(kGateway, "count"), "0");
  intake::MqttListener listener;
  listener.connected = [self = out.get()] { self->announce(); };
  listener.message = [self = out.get()](const intake::MqttMessage& message) {
    if (message.payload == "online" && !message.retained) self->announce();
  };
  listener.warn = std::move(warn);
  intake::MqttClient::Plan plan{address, intake::mqtt_password(), {kBirth}, {}, size_t{1} << 10, backoff};
  plan.will = intake::MqttMessage{known.availability(), "offline", true};
  DEW_TRY(auto client, intake::MqttClient::open(std::move(plan), std::move(listener)));
  out->connect(std::move(client));
  return out;
}

void MqttOut::connect(std::unique_ptr<intake::MqttClient> client) {
  {
    const std::lock_guard lock(mutex_);
    client_ = std::move(client);
  }
  if (client_->connected()) announce();  // it was quicker than this
}

MqttOut::~MqttOut() {
  if (client_) client_->publish({devices_.availability(), "offline", true});
}

void MqttOut::set(const std::string& topic, std::string payload) {
  const std::lock_guard lock(mutex_);
  std::string& standing = standing_[topic];
  standing = std::move(payload);
  if (client_ && client_->connected()) client_->publish({topic, standing, true});
}

void MqttOut::announce() {
  const std::lock_guard lock(mutex_);
  if (!client_) return;
  for (const auto& [topic, payload] : standing_) client_->publish({topic, payload, true});
}

void MqttOut::camera(const std::string& source) {
  const std::string level = HomeDevices::level_of(source);
  for (size_t i = 0; i < devices_.classes.size(); ++i)
    set(devices_.state(level, HomeDevices::entity(i)), "OFF");
  set(devices_.state(level, "count"), "0");
  set(devices_.config_topic(level), text_of(devices_.camera(source)));
}

void MqttOut::line(const std::string& line) {
  client_->publish({devices_.lines(), line, false});
}

void MqttOut::event(const Event& event, const fs::path& folder) {
  const std::string level = HomeDevices::level_of(event.source);
  const auto number = std::find(devices_.classes.begin(), devices_.classes.end(), event.event_class);
  const std::string topic =
      devices_.state(level, HomeDevices::entity(static_cast<size_t>(number - devices_.classes.begin())));
  const bool begins = event.state == "open";
  int& open = open_[topic];
  open = std::max(0, open + (begins ? 1 : -1));  // parts of one picture have events of their own
  set(topic, open > 0 ? "ON" : "OFF");
  if (begins) {
    set(devices_.state(level, "count"), std::to_string(++counts_[level]));
    set(devices_.state(kGateway, "count"), std::to_string(++counts_[kGateway]));
    client_->publish({devices_.state(level, "event"),
                      text_of({{"event_type", printable(event.event_class)},
                               {"event", event.id},
                               {"score", event.score},
                               {"at", event.at}}),
                      false});
  }
  picture(event, folder);
}

void MqttOut::picture(const Event& event, const fs::path& folder) {
  const EventPicture* const shown = surest_of(event);
  if (shown == nullptr) return;
  if (auto jpeg = read_file(folder / shown->file))
    set(devices_.state(HomeDevices::level_of(event.source), "picture"), *std::move(jpeg));
}

void MqttOut::answer(const Event& event, const Json& line) {
  Json told = line;
  told["event_type"] = kAnswerType;
  client_->publish({devices_.state(HomeDevices::level_of(event.source), "event"), text_of(told), false});
}

void MqttOut::asked(const cascade::AskFigures& figures) {
  set(devices_.state(kGateway, "answered"), std::to_string(figures.answered));
  set(devices_.state(kGateway, "waiting"), std::to_string(figures.waiting));
  set(devices_.state(kGateway, "cost"), fmt::format("{:.4f}", figures.usd_in_day));
}

}  // namespace dew::verbs
