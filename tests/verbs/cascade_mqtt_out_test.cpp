// Events out by MQTT, as Home Assistant takes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "intake/mqtt_client.h"
#include "tests/support/broker.h"
#include "tests/verbs/watching_beside.h"
#include "verbs/cascade/home_assistant.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::HasSubstr;

HomeDevices devices() {
  return {"dewdrop", "dewdrop_1", "disc", {"yes", "a \"b\""}};
}

TEST(HomeDevices, ACameraIsOneMessageWithTheKeysThatHomeAssistantWants) {
  const Json camera = devices().camera("mqtt://hub/cams/yard");
  const std::string level = HomeDevices::level_of("mqtt://hub/cams/yard");
  EXPECT_THAT(level, HasSubstr("yard_"));
  EXPECT_EQ(camera["device"]["identifiers"][0], "dewdrop_1_" + level);
  EXPECT_EQ(camera["device"]["via_device"], "dewdrop_1");
  EXPECT_EQ(camera["origin"]["name"], "dewdrop");
  EXPECT_EQ(camera["availability_topic"], "dewdrop/available");
  const Json& parts = camera["components"];
  EXPECT_EQ(parts["class_0"]["platform"], "binary_sensor");
  EXPECT_EQ(parts["class_1"]["name"], "a \"b\"");
  EXPECT_EQ(parts["event"]["platform"], "event");
  EXPECT_EQ(parts["event"]["event_types"], Json::parse(R"(["yes", "a \"b\"", "answer"])"));
  EXPECT_EQ(parts["picture"]["platform"], "image");
  EXPECT_EQ(parts["picture"]["image_topic"], "dewdrop/" + level + "/picture");
  EXPECT_EQ(parts["count"]["platform"], "sensor");
  std::set<std::string> ids;
  for (const auto& [key, part] : parts.items()) {
    EXPECT_TRUE(part.contains("state_topic") || part.contains("image_topic")) << key;
    ids.insert(part["unique_id"].get<std::string>());
  }
  EXPECT_EQ(ids.size(), parts.size());
}

TEST(HomeDevices, LevelsAreTopicsAndTellSourcesApart) {
  for (const char* source :
       {"", "/", "a/+/#", "yard\n", "mqtt://hub/cams/\xc3\xa4", "C:\\videos\\Yard.mp4"}) {
    const std::string level = HomeDevices::level_of(source);
    EXPECT_TRUE(intake::is_topic(level)) << source;
    EXPECT_EQ(level.find('/'), std::string::npos);
  }
  EXPECT_NE(HomeDevices::level_of("a/yard"), HomeDevices::level_of("b/yard"));
}

/// Home Assistant: reads all, and says that it has started.
class Home {
 public:
  explicit Home(const Broker& broker) {
    intake::MqttListener listener;
    listener.warn = [](const std::string&) {};
    listener.message = [this](intake::MqttMessage message) {
      const std::lock_guard lock(mutex_);
      ++times_[message.topic];
      if (message.topic.ends_with("/class_0")) states_ += message.payload + " ";
      last_[message.topic] = std::move(message.payload);
    };
    client_ =
        intake::MqttClient::open({*intake::parse_mqtt_address(broker.address()), "", {"#"}, {}}, listener)
            .value();
    EXPECT_TRUE(soon([&] { return client_->connected(); }));
  }
  void start_up() { client_->publish({"homeassistant/status", "online"}); }
  std::string last(const std::string& ending) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [topic, payload] : last_)
      if (topic.ends_with(ending)) return payload;
    return {};
  }
  int count(const std::string& ending) const {
    const std::lock_guard lock(mutex_);
    int count = 0;
    for (const auto& [topic, times] : times_)
      if (topic.ends_with(ending)) count += times;
    return count;
  }
  std::string states() const {
    const std::lock_guard lock(mutex_);
    return states_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> last_;
  std::map<std::string, int> times_;
  std::string states_;
  std::unique_ptr<intake::MqttClient> client_;
};

class CascadeMqttOut : public WatchingBeside {
 protected:
  void SetUp() override {
    if (!Broker::there()) GTEST_SKIP() << "mosquitto is not installed: scripts/install test";
    WatchingBeside::SetUp();
    folder_in_ = folder_.path() / "in";
    fs::create_directory(folder_in_);
  }
  void show(int first, int last, bool disc) {
    for (int i = first; i < last; ++i)
      ASSERT_TRUE(write_file(folder_in_ / (std::to_string(i) + ".jpg"), disc_jpeg(disc, i)));
  }
  fs::path folder_in_;
};

TEST_F(CascadeMqttOut, HomeAssistantSeesTheDeviceTheEventAndItsPicture) {
  const Broker broker;
  const Home home(broker);
  CascadeArgs asked = args({folder_in_.string()});
  asked.mqtt = broker.address() + "house/dewdrop";
  start(asked);
  ASSERT_TRUE(soon([&] { return home.count("/count") >= 2; }));
  EXPECT_EQ(home.last("house/dewdrop/available"), "online");
  show(0, 10, false);
  show(10, 25, true);
  show(25, 40, false);
  ASSERT_TRUE(soon([&] {  // each topic comes when it comes: waited for one by one
    return ended() == 1 && home.last("/class_0") == "OFF" && home.count("/class_0") >= 3 &&
           home.last("gateway/count") == "1" && !home.last("/picture").empty() &&
           home.last("house/dewdrop/events").find("\"ended\"") != std::string::npos;
  }));
  EXPECT_EQ(home.states(), "OFF ON OFF ");
  EXPECT_THAT(home.last("/picture").substr(0, 3), "\xff\xd8\xff");
  EXPECT_EQ(Json::parse(home.last("/event"))["event_type"], "yes");
  EXPECT_EQ(Json::parse(home.last("house/dewdrop/events"))["state"], "ended");
  EXPECT_EQ(home.last("gateway/count"), "1");
  const auto outcome = finish();
  ASSERT_EQ(error_of(outcome), "fine");
  ASSERT_TRUE(outcome->mqtt);
  EXPECT_EQ(outcome->mqtt->waiting, 0);
  EXPECT_EQ(outcome->mqtt->dropped, 0);
  EXPECT_TRUE(soon([&] { return home.last("house/dewdrop/available") == "offline"; }));
}

TEST_F(CascadeMqttOut, WhenHomeAssistantStartsAllIsToldAnew) {
  const Broker broker;
  Home home(broker);
  CascadeArgs asked = args({folder_in_.string()});
  asked.mqtt = broker.address() + "dewdrop";
  start(asked);
  ASSERT_TRUE(soon([&] { return home.count("/config") >= 2 && home.count("/count") >= 2; }));
  const int before = home.count("/config");
  ASSERT_TRUE(soon([&] {
    home.start_up();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return home.count("/config") >= before + 2;
  })) << "the gateway's and the camera's";
}

TEST_F(CascadeMqttOut, ABrokerThatIsNotThereHoldsNothingUp) {
  show(0, 10, false);
  show(10, 25, true);
  show(25, 40, false);
  CascadeArgs asked = args({folder_in_.string()});
  asked.mqtt = "mqtt://127.0.0.1:1/dewdrop";
  asked.folders_from_start = true;
  asked.patience = std::chrono::milliseconds(50);
  start(asked);
  ASSERT_TRUE(soon([&] { return ended() == 1; }));
  const auto outcome = finish();
  EXPECT_GT(outcome->mqtt->waiting, 0);
  EXPECT_TRUE(some_hold(watch_.warned(), "does not answer"));
}

TEST_F(CascadeMqttOut, WhatIsWrongWithTheAddressIsTold) {
  CascadeArgs asked = args({folder_in_.string()});
  for (const char* wrong : {"mqtt://hub", "mqtt://hub/a/#", "http://hub/a"}) {
    asked.mqtt = wrong;
    const auto outcome = cascade(asked, watch_);
    ASSERT_FALSE(outcome) << wrong;
    EXPECT_EQ(outcome.error().fault, Fault::kUsage);
  }
}

}  // namespace
}  // namespace dew::verbs
