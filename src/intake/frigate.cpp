#include "intake/frigate.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "intake/mqtt_client.h"
#include "media/frames.h"

namespace dew::intake {
namespace {

using Json = nlohmann::json;

constexpr size_t kLongestEvent = size_t{1} << 20;
constexpr size_t kMostOpen = 1000;  // of one label on one camera: ids whose end was lost do not pile up
constexpr size_t kMostSeen = 256;   // labels of cameras that are remembered
constexpr size_t kLargestEarly = size_t{1} << 20;  // bytes of a snapshot that is kept for an event to come
constexpr double kApart = 10;                      // seconds between a snapshot and its event

bool is_level(std::string_view text) {
  constexpr size_t kLongest = 200;
  return text.size() <= kLongest && is_topic(text) && text.find('/') == std::string_view::npos;
}

/// An object's text, empty where there is none.
std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

tl::unexpected<Error> no_event(const std::string& what) {
  return work_error("this is no event of Frigate: " + what, {},
                    "name Frigate's topic_prefix behind the broker: frigate://host/frigate");
}

class Frigate : public Intake {
 public:
  Frigate(const MqttAddress& address, Host host)
      : shown_(printable_source(address.shown(address.topic))), desk_(address, std::move(host)) {}

  Result<void> open(const MqttAddress& address, const Host& host, Backoff backoff) {
    const std::string& prefix = desk_.prefix();
    MqttClient::Plan plan{address, mqtt_password(), {prefix + "/events", prefix + "/+/+/snapshot"},
                          {},      kLargestPicture, backoff};
    MqttListener listener;
    listener.message = [this](MqttMessage message) {
      desk_.take(message.topic, std::move(message.payload), message.retained, steady_seconds());
    };
    listener.warn = host.warn;
    DEW_TRY(client_, MqttClient::open(std::move(plan), std::move(listener)));
    return {};
  }

  [[nodiscard]] IntakeFigures figures() const override {
    const MqttFigures told = client_->figures();
    return {shown_, told.reconnected, desk_.refused() + told.too_large};
  }

 private:
  std::string shown_;
  FrigateDesk desk_;
  std::unique_ptr<MqttClient> client_;  ///< last: its thread uses the desk
};

}  // namespace

Result<FrigateEvent> parse_frigate_event(std::string_view text) {
  if (text.size() > kLongestEvent) return no_event("it is larger than a megabyte");
  const Json whole = Json::parse(text, nullptr, false);
  if (!whole.is_object()) return no_event("it is no JSON object");
  FrigateEvent event;
  const std::string type = text_of(whole, "type");
  if (type == "new")
    event.type = FrigateEvent::Type::kNew;
  else if (type == "update")
    event.type = FrigateEvent::Type::kUpdate;
  else if (type == "end")
    event.type = FrigateEvent::Type::kEnd;
  else
    return no_event("its type is none of new, update and end");
  const auto after = whole.find("after");
  if (after == whole.end() || !after->is_object()) return no_event("it lacks \"after\"");
  event.id = text_of(*after, "id");
  event.camera = text_of(*after, "camera");
  event.label = text_of(*after, "label");
  if (!is_level(event.id)) return no_event("it lacks an id");
  if (!is_level(event.camera)) return no_event("it lacks a camera");
  if (!is_level(event.label)) return no_event("it lacks a label");
  return event;
}

FrigateDesk::FrigateDesk(MqttAddress address, Host host)
    : address_(std::move(address)), host_(std::move(host)) {
  while (address_.topic.ends_with('/')) address_.topic.pop_back();
  if (address_.topic.empty()) address_.topic = "frigate";
}

void FrigateDesk::take(std::string_view topic, std::string payload, bool retained, double seconds) {
  if (retained || payload.empty()) return;  // what was kept from earlier is old
  if (!topic.starts_with(address_.topic + "/")) return;
  topic.remove_prefix(address_.topic.size() + 1);
  if (topic == "events") {
    if (const auto event = parse_frigate_event(payload)) return take_event(*event, seconds);
    ++refused_;
    if (!told_form_)
      host_.warn(printable_source(address_.shown(address_.topic)) +
                 "/events: a message that is no event of Frigate is left out; more are counted, not told");
    told_form_ = true;
    return;
  }
  const size_t first = topic.find('/');
  const size_t second = topic.find('/', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos || topic.substr(second) != "/snapshot") return;
  const std::string camera(topic.substr(0, first));
  const std::string label(topic.substr(first + 1, second - first - 1));
  if (is_level(camera) && is_level(label)) return take_snapshot(camera, label, std::move(payload), seconds);
  ++refused_;
}

FrigateDesk::Camera* FrigateDesk::find(const std::string& camera, const std::string& label) {
  const auto known = cameras_.find({camera, label});
  if (known != cameras_.end()) return &known->second;
  if (cameras_.size() >= kMostSeen) return nullptr;
  return &cameras_[{camera, label}];
}

void FrigateDesk::take_event(const FrigateEvent& event, double seconds) {
  Camera* const camera = find(event.camera, event.label);
  if (camera != nullptr && !camera->frames && !told_full_) {
    auto made = std::make_shared<PushedFrames>(
        address_.shown(fmt::format("{}/{}/{}", address_.topic, event.camera, event.label)));
    if (host_.camera(made)) {
      camera->frames = std::move(made);
    } else {
      host_.warn(printable_source(made->name()) +
                 ": more cameras than can be watched here; what others show is left out and counted");
      told_full_ = true;
    }
  }
  if (camera == nullptr || !camera->frames) {
    ++refused_;
    return;
  }
  if (event.type != FrigateEvent::Type::kEnd) {
    if (camera->open.size() >= kMostOpen) camera->open.clear();
    camera->open.insert(event.id);
    camera->unseen_at = -1;
    if (!camera->early.empty() && seconds - camera->early_at <= kApart) {
      camera->frames->put({std::move(camera->early), camera->early_at});
      camera->shown = true;
    }
    camera->early.clear();
    return;
  }
  camera->open.erase(event.id);
  if (!camera->open.empty()) return;
  camera->unseen_at = camera->shown ? -1 : seconds;
  camera->shown = false;
  camera->frames->put_over();
}

void FrigateDesk::take_snapshot(const std::string& name, const std::string& label, std::string jpeg,
                                double seconds) {
  Camera* const camera = find(name, label);
  if (camera == nullptr) {
    ++refused_;
    return;
  }
  if (!camera->open.empty()) {
    camera->frames->put({std::move(jpeg), seconds});
    camera->shown = true;
  } else if (camera->unseen_at >= 0 && seconds - camera->unseen_at <= kApart) {
    camera->unseen_at = -1;
    camera->frames->put({std::move(jpeg), seconds});
    camera->frames->put_over();
  } else if (jpeg.size() <= kLargestEarly) {
    for (auto& [key, other] : cameras_)
      if (seconds - other.early_at > kApart) std::string().swap(other.early);
    camera->early = std::move(jpeg);
    camera->early_at = seconds;
  }
}

Result<std::unique_ptr<Intake>> open_frigate(const MqttAddress& address, const Host& host, Backoff backoff) {
  MqttAddress whole = address;
  while (whole.topic.ends_with('/')) whole.topic.pop_back();
  if (whole.topic.empty()) whole.topic = "frigate";
  if (!is_topic(whole.topic))
    return usage_error("the prefix of Frigate's topics has no wildcards",
                       printable_source(whole.shown(whole.topic)),
                       "name topic_prefix of Frigate's configuration: frigate://host/frigate");
  auto made = std::make_unique<Frigate>(whole, host);
  DEW_CHECK(made->open(whole, host, backoff));
  return made;
}

}  // namespace dew::intake
