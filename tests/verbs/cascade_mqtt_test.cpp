// The cascade and a real broker: frames of boards in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "intake/mqtt_client.h"
#include "tests/support/broker.h"
#include "tests/verbs/watching_beside.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::HasSubstr;

class CascadeMqtt : public WatchingBeside {
 protected:
  void SetUp() override {
    if (!Broker::there()) GTEST_SKIP() << "mosquitto is not installed: scripts/install test";
    WatchingBeside::SetUp();
    broker_ = std::make_unique<Broker>();
    board_ = connect({});
  }
  void TearDown() override {
    WatchingBeside::TearDown();
    board_.reset();
  }
  std::unique_ptr<intake::MqttClient> connect(std::vector<std::string> filters,
                                              intake::MqttListener listener = {}) {
    if (!listener.warn) listener.warn = [](const std::string&) {};
    auto client = intake::MqttClient::open(
                      {*intake::parse_mqtt_address(broker_->address()), "", std::move(filters), {}},
                      std::move(listener))
                      .value();
    EXPECT_TRUE(soon([&] { return client->connected(); }));
    return client;
  }
  /// Frames without a disc until one was seen: before that, the subscription does not stand.
  void wait_until_it_listens(const std::string& topic) {
    ASSERT_TRUE(soon([&] {
      board_->publish({topic, disc_jpeg(false, 1)});
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      return watch_.frames > 0;
    }));
  }
  /// All that came has been looked at.
  void wait_until_nothing_moves() {
    int64_t before = -1;
    ASSERT_TRUE(soon([&] {
      const int64_t now = watch_.frames;
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
      return std::exchange(before, now) == watch_.frames;
    }));
  }

  std::unique_ptr<Broker> broker_;
  std::unique_ptr<intake::MqttClient> board_;
};

TEST_F(CascadeMqtt, FramesOfManyBoardsBecomeTheirEvents) {
  constexpr int kCameras = 4;
  constexpr int kFrames = 40;
  std::vector<std::string> topics;
  for (int k = 0; k < kCameras; ++k) topics.push_back("cams/" + std::to_string(k));
  start(args({broker_->address() + "cams/+"}));
  wait_until_it_listens("cams/warm");
  for (int i = 0; i < kFrames; ++i) {
    for (int k = 0; k < kCameras; ++k)
      board_->publish({topics[k], disc_jpeg(i >= 10 && i < 25, 100 * k + i)});
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  board_->publish({topics[0], "this is no JPEG"});
  ASSERT_TRUE(soon([&] { return board_->figures().waiting == 0 && ended() == kCameras; }));
  wait_until_nothing_moves();
  const auto outcome = finish();
  ASSERT_EQ(error_of(outcome), "fine");
  EXPECT_EQ(outcome->events, kCameras);
  int64_t broken = 0;
  int64_t frames = 0;
  for (const WatchedSource& one : outcome->sources) {
    EXPECT_THAT(one.source, HasSubstr("/cams/"));
    EXPECT_EQ(one.dropped, 0);
    if (one.source.ends_with("/warm")) continue;
    EXPECT_EQ(one.events, 1);
    broken += one.broken;
    frames += one.frames;
  }
  EXPECT_EQ(frames, kFrames * kCameras);
  EXPECT_EQ(broken, 1);
  EXPECT_TRUE(some_hold(watch_.warned(), "is left out"));
  ASSERT_EQ(outcome->pushed.size(), 1U);
  EXPECT_EQ(outcome->pushed[0].refused, 0);
}

TEST_F(CascadeMqtt, ABrokerThatVanishesIsWaitedForAndCounted) {
  start(args({broker_->address() + "cams/yard"}));
  wait_until_it_listens("cams/yard");
  broker_->kill();
  ASSERT_TRUE(soon([&] { return some_hold(watch_.warned(), "is gone"); }));
  broker_->start();
  ASSERT_TRUE(soon([&] { return some_hold(watch_.warned(), "is back"); }));
  const int64_t before = watch_.frames;
  ASSERT_TRUE(soon([&] {
    board_->publish({"cams/yard", disc_jpeg(false, 2)});
    return watch_.frames > before;
  }));
  const auto outcome = finish();
  EXPECT_EQ(outcome->pushed.at(0).reconnected, 1);
  EXPECT_EQ(outcome->sources.size(), 1U) << "the camera is the same as before";
}

TEST_F(CascadeMqtt, WhatIsWrongWithTheAddressIsToldWithoutThePassword) {
  const auto secret = cascade(args({"mqtt://anna:s3cret@hub/cams"}), watch_);
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().fault, Fault::kUsage);
  EXPECT_THAT(error_of(secret), HasSubstr("DEWDROP_MQTT_PASSWORD"));
  EXPECT_EQ(error_of(secret).find("s3cret"), std::string::npos);
  EXPECT_THAT(error_of(cascade(args({"mqtt://hub"}), watch_)), HasSubstr("no MQTT topic"));
}

}  // namespace
}  // namespace dew::verbs
