// MQTT against a real broker, Debian's mosquitto, on a port of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "intake/mqtt_client.h"
#include "intake/mqtt_frames.h"
#include "tests/support/broker.h"

namespace dew::intake {
namespace {

using dew::testing::Broker;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

const Backoff kQuick{std::chrono::milliseconds(20), std::chrono::milliseconds(100)};

/// What is told from another thread, to be waited for.
class Told {
 public:
  void add(const std::string& text) {
    const std::lock_guard lock(mutex_);
    texts_.push_back(text);
    any_.notify_all();
  }
  bool wait_for(const std::string& part) {
    std::unique_lock lock(mutex_);
    return any_.wait_for(lock, 10s, [&] { return count(part) > 0; });
  }
  bool wait_for_count(size_t most) {
    std::unique_lock lock(mutex_);
    return any_.wait_for(lock, 10s, [&] { return texts_.size() >= most; });
  }
  std::vector<std::string> all() {
    const std::lock_guard lock(mutex_);
    return texts_;
  }
  int64_t count(const std::string& part) const {
    return std::count_if(texts_.begin(), texts_.end(),
                         [&](const std::string& one) { return one.find(part) != std::string::npos; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable any_;
  std::vector<std::string> texts_;
};

template <typename Condition>
bool soon(Condition condition) {
  for (int tries = 0; tries < 1000; ++tries) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

class Mqtt : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!Broker::there()) GTEST_SKIP() << "mosquitto is not installed: scripts/install test";
  }
  static MqttAddress at(const Broker& broker, const std::string& topic = "t") {
    return *parse_mqtt_address(broker.address() + topic);
  }
  MqttListener listener() {
    return {[this](MqttMessage message) { messages_.add(message.topic + "=" + message.payload); },
            {},
            [this](const std::string& text) { warned_.add(text); }};
  }
  std::unique_ptr<MqttClient> client(const MqttAddress& address, std::vector<std::string> filters = {}) {
    return MqttClient::open({address, mqtt_password(), std::move(filters), {}, 1000, kQuick}, listener())
        .value();
  }
  Host host() {
    return {[this](const std::shared_ptr<PushedFrames>& camera) {
              const std::lock_guard lock(mutex_);
              cameras_[camera->name()] = camera;
              return cameras_.size() < 4;
            },
            [this](const std::string& text) { warned_.add(text); }};
  }
  std::shared_ptr<PushedFrames> camera(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return cameras_.contains(name) ? cameras_[name] : nullptr;
  }

  Told messages_;
  Told warned_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<PushedFrames>> cameras_;
};

TEST_F(Mqtt, WhatIsPublishedArrivesInOrder) {
  const Broker broker;
  const auto reads = client(at(broker), {"t/#"});
  ASSERT_TRUE(soon([&] { return reads->connected(); }));
  {
    const auto writes = client(at(broker));
    for (int i = 0; i < 300; ++i) writes->publish({"t/a", std::to_string(i)});
  }  // what waits is sent before it ends
  ASSERT_TRUE(messages_.wait_for_count(300));
  const auto all = messages_.all();
  for (int i = 0; i < 300; ++i) EXPECT_EQ(all[i], "t/a=" + std::to_string(i));
}

TEST_F(Mqtt, ABrokerThatVanishesIsToldWaitedForAndLosesNothingThatWasSentMeanwhile) {
  Broker broker;
  const auto reads = client(at(broker), {"t"});
  const auto writes = client(at(broker));
  ASSERT_TRUE(soon([&] { return reads->connected() && writes->connected(); }));
  broker.kill();
  ASSERT_TRUE(warned_.wait_for("is gone"));
  writes->publish({"t", "meanwhile"});
  std::this_thread::sleep_for(300ms);  // some tries fail
  broker.start();
  ASSERT_TRUE(soon([&] { return reads->figures().reconnected == 1 && writes->figures().reconnected == 1; }));
  EXPECT_TRUE(warned_.wait_for("is back"));
  EXPECT_LE(warned_.count("is gone"), 2) << "each is told once";
  writes->publish({"t", "after"});
  EXPECT_TRUE(soon([&] { return writes->figures().sent == 2 && writes->figures().waiting == 0; }));
  EXPECT_TRUE(messages_.wait_for("after"));
}

TEST_F(Mqtt, ABrokerThatIsNotThereYetIsWaitedFor) {
  Broker broker;
  broker.kill();
  const auto reads = client(at(broker), {"t"});
  ASSERT_TRUE(warned_.wait_for("does not answer"));
  EXPECT_FALSE(reads->connected());
  broker.start();
  EXPECT_TRUE(soon([&] { return reads->connected(); }));
  EXPECT_EQ(reads->figures().reconnected, 0);
}

TEST_F(Mqtt, APasswordComesFromTheEnvironmentAndIsNotTold) {
  const Broker broker("anna", "s3cret");
  const MqttAddress address =
      *parse_mqtt_address("mqtt://anna@127.0.0.1:" + std::to_string(broker.port()) + "/t");
  ::setenv("DEWDROP_MQTT_PASSWORD", "wr0ng", 1);
  {
    const auto refused = client(address);
    EXPECT_TRUE(warned_.wait_for("DEWDROP_MQTT_PASSWORD"));
    EXPECT_EQ(warned_.count("wr0ng"), 0);
  }
  ::setenv("DEWDROP_MQTT_PASSWORD", "s3cret", 1);
  const auto accepted = client(address);
  ::unsetenv("DEWDROP_MQTT_PASSWORD");
  EXPECT_TRUE(soon([&] { return accepted->connected(); }));
}

TEST_F(Mqtt, TheBrokerTellsTheWillOfAClientThatIsGoneWithoutAWord) {
  const Broker broker;
  const pid_t process = ::fork();
  if (process == 0) {
    MqttClient::Plan plan{at(broker), "", {}, MqttMessage{"t/available", "offline", true}, 1000, kQuick};
    const auto dies = MqttClient::open(std::move(plan), listener()).value();
    ::_exit(soon([&] { return dies->connected(); }) ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(process, &status, 0), process);
  ASSERT_EQ(status, 0);
  const auto reads = client(at(broker), {"t/available"});
  EXPECT_TRUE(messages_.wait_for("t/available=offline"));
}

TEST_F(Mqtt, AMessageAboveTheLimitIsLeftOutAndCounted) {
  const Broker broker;
  const auto reads = client(at(broker), {"t/#"});
  ASSERT_TRUE(soon([&] { return reads->connected(); }));
  reads->publish({"t/large", std::string(2000, 'x')});  // above this client's limit
  EXPECT_TRUE(soon([&] { return reads->figures().too_large == 1; }));
  EXPECT_EQ(messages_.all().size(), 0U);
}

TEST_F(Mqtt, EachTopicOfAWildcardIsACamera) {
  const Broker broker;
  const auto intake = open_mqtt_frames(at(broker, "cams/+"), host(), kQuick);
  ASSERT_TRUE(intake);
  const auto writes = client(at(broker));
  writes->publish({"cams/old", "kept from earlier", true});
  // The subscription stands once a first frame arrives.
  ASSERT_TRUE(soon([&] {
    writes->publish({"cams/yard", "frame"});
    return camera(broker.address() + "cams/yard") != nullptr;
  }));
  for (int i = 0; i < 3; ++i) writes->publish({"cams/door", std::to_string(i)});
  writes->publish({"other/door", "x"});
  ASSERT_TRUE(soon([&] {
    const auto door = camera(broker.address() + "cams/door");
    return door && door->counts().arrived == 3;
  }));
  EXPECT_EQ(camera(broker.address() + "cams/door")->take(0ms)->frame.bytes, "0");
  EXPECT_EQ((*intake)->figures().source, broker.address() + "cams/+");
}

TEST_F(Mqtt, MoreCamerasThanAreWantedAreToldOnce) {
  const Broker broker;
  const auto intake = open_mqtt_frames(at(broker, "cams/+"), host(), kQuick);
  const auto writes = client(at(broker));
  ASSERT_TRUE(soon([&] {
    writes->publish({"cams/0", "frame"});
    return camera(broker.address() + "cams/0") != nullptr;
  }));
  for (int i = 1; i < 9; ++i) writes->publish({"cams/" + std::to_string(i), "frame"});
  EXPECT_TRUE(soon([&] { return (*intake)->figures().refused == 6; }));
  EXPECT_EQ(warned_.count("more cameras"), 1);
}

TEST(MqttFrames, NeedATopic) {
  for (const char* wrong : {"mqtt://hub", "mqtt://hub/", "mqtt://hub/a+"})
    EXPECT_FALSE(open_mqtt_frames(*parse_mqtt_address(wrong), {})) << wrong;
}

}  // namespace
}  // namespace dew::intake
