#include "intake/frigate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "intake/mqtt_client.h"
#include "tests/intake/cameras.h"
#include "tests/support/broker.h"

namespace dew::intake {
namespace {

using namespace dew::testing;
using ::testing::HasSubstr;

std::string event(const std::string& type, const std::string& id, const std::string& camera = "yard",
                  const std::string& label = "person") {
  return R"({"type": ")" + type + R"(", "before": null, "after": {"id": ")" + id + R"(", "camera": ")" +
         camera + R"(", "label": ")" + label +
         R"(", "sub_label": null, "top_score": 0.7, "has_snapshot": true}})";
}

TEST(FrigateEvent, IsReadAsFrigateWritesIt) {
  const auto parsed = parse_frigate_event(event("update", "1718987129.308396-fqk5ka"));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->type, FrigateEvent::Type::kUpdate);
  EXPECT_EQ(parsed->id, "1718987129.308396-fqk5ka");
  EXPECT_EQ(parsed->camera, "yard");
  EXPECT_EQ(parsed->label, "person");
}

TEST(FrigateEvent, WhatIsNoneIsRefused) {
  for (const std::string& wrong :
       {std::string(), std::string("[]"), std::string("{"), event("born", "1"), event("new", ""),
        event("new", "1", "a/b"), event("new", "1", "yard", "+"), event("new", "1", std::string(300, 'x')),
        std::string(R"({"type": "new", "after": []})"), std::string(R"({"type": "new", "after": {"id": 3}})"),
        std::string(100'000, '[')})
    EXPECT_FALSE(parse_frigate_event(wrong)) << wrong.substr(0, 60);
}

class Desk : public ::testing::Test {
 protected:
  void event_comes(const std::string& text, double at = 0) { desk_.take("frigate/events", text, false, at); }
  void snapshot_comes(const std::string& bytes, double at = 0, const std::string& label = "person") {
    desk_.take("frigate/yard/" + label + "/snapshot", bytes, false, at);
  }
  PushedFrames& camera(const std::string& label = "person") {
    return *cameras_.find("mqtt://hub/frigate/yard/" + label);
  }
  Cameras cameras_{2};
  FrigateDesk desk_{*parse_mqtt_address("frigate://hub", "frigate"), cameras_.host()};
};

TEST_F(Desk, SnapshotsOfWhatIsThereAreFramesUntilItHasGone) {
  event_comes(event("new", "1"));
  snapshot_comes("a", 1);
  event_comes(event("update", "1"), 2);
  snapshot_comes("b", 3);
  event_comes(event("end", "1"), 4);
  for (const char* next : {"a", "b", "over", "nothing"}) EXPECT_EQ(next_of(camera()), next);
}

TEST_F(Desk, TwoOfOneLabelAreOverWithTheLast) {
  event_comes(event("new", "1"));
  event_comes(event("new", "2"));
  snapshot_comes("a");
  event_comes(event("end", "1"));
  snapshot_comes("b");
  event_comes(event("end", "2"));
  for (const char* next : {"a", "b", "over", "nothing"}) EXPECT_EQ(next_of(camera()), next);
}

TEST_F(Desk, ASnapshotMayComeShortlyBeforeOrAfter) {
  snapshot_comes("early", 1);
  event_comes(event("new", "1"), 3);
  event_comes(event("end", "1"), 4);
  for (const char* next : {"early", "over", "nothing"}) EXPECT_EQ(next_of(camera()), next);
  event_comes(event("new", "2"), 20);
  event_comes(event("end", "2"), 21);
  snapshot_comes("late", 22);
  for (const char* next : {"over", "late", "over", "nothing"}) EXPECT_EQ(next_of(camera()), next);
  snapshot_comes("nobody's", 30);
  event_comes(event("new", "3"), 60);
  EXPECT_EQ(next_of(camera()), "nothing") << "too long before";
}

TEST_F(Desk, WhatIsOldForeignOrWrongIsLeftOut) {
  desk_.take("frigate/yard/person/snapshot", "kept", true, 0);
  desk_.take("frigate/events", event("new", "1"), true, 0);
  desk_.take("other/events", event("new", "1"), false, 0);
  desk_.take("frigate/yard/person", "3", false, 0);
  EXPECT_EQ(cameras_.count(), 0U);
  EXPECT_EQ(desk_.refused(), 0);
  event_comes("no event");
  event_comes("no event");
  EXPECT_EQ(desk_.refused(), 2);
  EXPECT_EQ(cameras_.warned("no event of Frigate"), 1);
}

TEST_F(Desk, TooManyCamerasAreToldOnceAndCounted) {
  for (const char* label : {"person", "car", "dog", "cat"}) event_comes(event("new", "1", "yard", label));
  EXPECT_EQ(cameras_.count(), 2U);
  EXPECT_EQ(desk_.refused(), 2);
  EXPECT_EQ(cameras_.warned("more cameras"), 1);
}

TEST(Frigate, ComesThroughABroker) {
  if (!Broker::there()) GTEST_SKIP() << "mosquitto is not installed: scripts/install test";
  const Broker broker;
  Cameras cameras;
  const std::string hub = "127.0.0.1:" + std::to_string(broker.port());
  const auto frigate =
      open_frigate(*parse_mqtt_address("frigate://" + hub + "/house/nvr", "frigate"), cameras.host());
  ASSERT_TRUE(frigate);
  const auto client =
      MqttClient::open({*parse_mqtt_address(broker.address()), "", {}, {}}, {{}, {}, [](const auto&) {}});
  const std::string name = broker.address() + "house/nvr/yard/person";
  ASSERT_TRUE(soon([&] {
    (*client)->publish({"house/nvr/events", event("new", "1")});
    return cameras.find(name) != nullptr;
  }));
  (*client)->publish({"house/nvr/yard/person/snapshot", "jpeg"});
  EXPECT_EQ(next_of(*cameras.find(name), std::chrono::seconds(5)), "jpeg");
}

TEST(Frigate, ThePrefixHasNoWildcards) {
  EXPECT_FALSE(open_frigate(*parse_mqtt_address("frigate://hub/+", "frigate"), {}));
}

}  // namespace
}  // namespace dew::intake
