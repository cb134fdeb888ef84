#include "intake/mqtt_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dew::intake {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string error_of(const std::string& text) {
  const auto parsed = parse_mqtt_address(text);
  return parsed ? "fine" : parsed.error().what + parsed.error().where + parsed.error().next;
}

TEST(MqttAddress, IsReadInItsForms) {
  const auto plain = parse_mqtt_address("mqtt://hub/cams/+").value();
  EXPECT_EQ(plain.host, "hub");
  EXPECT_EQ(plain.port, 1883);
  EXPECT_EQ(plain.topic, "cams/+");
  EXPECT_FALSE(plain.tls);
  EXPECT_EQ(plain.shown("cams/yard"), "mqtt://hub/cams/yard");
  const auto whole = parse_mqtt_address("MQTTS://anna@10.0.0.5:1884/a").value();
  EXPECT_TRUE(whole.tls);
  EXPECT_EQ(whole.user, "anna");
  EXPECT_EQ(whole.port, 1884);
  EXPECT_EQ(whole.shown("a"), "mqtts://10.0.0.5:1884/a");
  EXPECT_EQ(parse_mqtt_address("mqtts://hub/a")->port, 8883);
  const auto six = parse_mqtt_address("mqtt://[::1]:99/a").value();
  EXPECT_EQ(six.host, "::1");
  EXPECT_EQ(six.port, 99);
  EXPECT_EQ(six.shown("a"), "mqtt://[::1]:99/a");
  EXPECT_EQ(parse_mqtt_address("frigate://hub/frigate", "frigate")->topic, "frigate");
}

TEST(MqttAddress, WhatIsWrongIsToldWithoutASecret) {
  EXPECT_THAT(error_of("mqtt:///cams"), HasSubstr("no broker"));
  EXPECT_THAT(error_of("mqtt://hub:0/cams"), HasSubstr("1 to 65535"));
  EXPECT_THAT(error_of("mqtt://hub:70000/cams"), HasSubstr("1 to 65535"));
  EXPECT_THAT(error_of("mqtt://[::1/cams"), HasSubstr("]"));
  EXPECT_THAT(error_of("http://hub/cams"), HasSubstr("no address of a broker"));
  const std::string secret = error_of("mqtt://anna:s3cret@hub/cams");
  EXPECT_THAT(secret, HasSubstr("DEWDROP_MQTT_PASSWORD"));
  EXPECT_THAT(secret, Not(HasSubstr("s3cret")));
}

TEST(TopicFilter, TakesWhatTheSpecificationSays) {
  for (const char* good : {"a", "/", "a/b", "+", "#", "a/+/b", "a/#", "/+", "+/+/#", "$SYS/#", "a b"})
    EXPECT_TRUE(is_topic_filter(good)) << good;
  for (const char* bad : {"", "a+", "+a/b", "a#", "#/a", "a/#/b", "a/##", "a\nb", "\xff"})
    EXPECT_FALSE(is_topic_filter(bad)) << bad;
  EXPECT_TRUE(is_topic("cams/yard"));
  EXPECT_FALSE(is_topic("cams/+"));
}

TEST(TopicFilter, MatchesByLevels) {
  const auto expect = [](const char* filter, const char* topic, bool matches) {
    EXPECT_EQ(topic_matches(filter, topic), matches) << filter << " " << topic;
  };
  expect("cams/+", "cams/yard", true);
  expect("cams/+", "cams", false);
  expect("cams/+", "cams/", true);
  expect("cams/+", "cams/yard/door", false);
  expect("cams/#", "cams/yard/door", true);
  expect("cams/#", "cams", true);
  expect("#", "anything/at/all", true);
  expect("#", "$SYS/uptime", false);
  expect("$SYS/#", "$SYS/uptime", true);
  expect("a/+/c", "a/b/c", true);
  expect("a/+/c", "a/b/d", false);
  expect("a", "ab", false);
  expect("/+", "/b", true);
}

}  // namespace
}  // namespace dew::intake
