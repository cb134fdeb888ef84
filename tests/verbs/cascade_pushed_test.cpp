// Folders that fill, HTTP and Frigate as sources of the cascade.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include "intake/mqtt_client.h"
#include "tests/support/broker.h"
#include "tests/verbs/watching_beside.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::HasSubstr;

using CascadePushed = WatchingBeside;

TEST_F(CascadePushed, AFolderThatFillsIsWatched) {
  const fs::path folder = folder_.path() / "in";
  fs::create_directory(folder);
  start(args({folder.string() + "/#xywh=0,0,64,64"}));
  const auto put = [&](const std::string& name, bool disc, int number) {
    ASSERT_TRUE(write_file(folder / (name + ".part"), disc_jpeg(disc, number)));
    fs::rename(folder / (name + ".part"), folder / (name + ".jpg"));
  };
  ASSERT_TRUE(soon([&] {  // until it watches
    put("early", false, 0);
    return watch_.frames > 0;
  }));
  for (int i = 0; i < 40; ++i) put(std::to_string(i), i >= 10 && i < 25, i);
  ASSERT_TRUE(soon([&] { return ended() == 1; }));
  const auto outcome = finish();
  ASSERT_EQ(error_of(outcome), "fine");
  EXPECT_EQ(outcome->sources.at(0).source, folder.string());
  EXPECT_EQ(lines().at(0)["region"], Json::parse("[0, 0, 64, 64]"));
}

TEST_F(CascadePushed, BoardsPostTheirPictures) {
  CascadeArgs asked = args({});
  int port = 18'280;
  asked.listen = "127.0.0.1:" + std::to_string(port);
  start(asked);
  httplib::Client board("127.0.0.1", port);
  ASSERT_TRUE(soon([&] {
    const auto reply = board.Post("/frames/yard", disc_jpeg(false, 0), "image/jpeg");
    return reply && reply->status == 202;
  }));
  for (int i = 1; i < 40; ++i) {
    const auto reply = board.Post("/frames/yard", disc_jpeg(i >= 10 && i < 25, i), "image/jpeg");
    ASSERT_TRUE(reply && reply->status == 202);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ASSERT_TRUE(soon([&] { return ended() == 1; }));
  const auto outcome = finish();
  EXPECT_EQ(outcome->sources.at(0).frames + outcome->sources.at(0).dropped, 40);
  EXPECT_THAT(outcome->sources.at(0).source, HasSubstr("/frames/yard"));
  EXPECT_EQ(outcome->pushed.at(0).refused, 0);
}

TEST_F(CascadePushed, WhatFrigateTracksIsLookedAtOneSnapshotIsEnough) {
  if (!Broker::there()) GTEST_SKIP() << "mosquitto is not installed: scripts/install test";
  const Broker broker;
  start(args({"frigate://127.0.0.1:" + std::to_string(broker.port())}));
  const auto frigate = intake::MqttClient::open({*intake::parse_mqtt_address(broker.address()), "", {}, {}},
                                                {{}, {}, [](const auto&) {}})
                           .value();
  const auto say = [&](const char* type, int number) {
    frigate->publish(
        {"frigate/events",
         Json{{"type", type},
              {"after", {{"id", std::to_string(number)}, {"camera", "yard"}, {"label", "person"}}}}
             .dump()});
  };
  int number = 0;
  ASSERT_TRUE(soon([&] {  // until the subscription stands
    say("new", ++number);
    frigate->publish({"frigate/yard/person/snapshot", disc_jpeg(false, 1)});
    say("end", number);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return watch_.frames > 0;
  }));
  for (const bool disc : {true, false, true}) {
    say("new", ++number);
    frigate->publish({"frigate/yard/person/snapshot", disc_jpeg(disc, number)});
    say("update", number);
    say("end", number);
  }
  ASSERT_TRUE(soon([&] { return ended() == 2; }));
  const auto outcome = finish();
  EXPECT_EQ(outcome->events, 2) << "the net thinks nothing of the others";
  EXPECT_THAT(outcome->sources.at(0).source, HasSubstr("/frigate/yard/person"));
}

TEST_F(CascadePushed, WhatIsWrongWithAnAddressIsTold) {
  CascadeArgs asked = args({});
  asked.listen = "8080";
  EXPECT_THAT(error_of(cascade(asked, watch_)), HasSubstr("127.0.0.1:8080"));
  asked.listen = "0.0.0.0:18281";
  EXPECT_THAT(error_of(cascade(asked, watch_)), HasSubstr("DEWDROP_LISTEN_TOKEN"));
}

}  // namespace
}  // namespace dew::verbs
