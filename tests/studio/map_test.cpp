// The map over HTTP: made once, asked for by filters, not moved by labels, outdated by new samples.
#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "tests/studio/studio_client.h"

namespace dew::testing {
namespace {

using ::testing::HasSubstr;

class StudioMap : public StudioTest {
 protected:
  void SetUp() override {
    make(14);
    label_samples(project(), says_the_truth);
    open();
  }
  /// The map once no job makes it any more.
  Json settled(const std::string& query = "") {
    for (int i = 0; i < 1200; ++i) {
      const Json map = json_at("/api/map" + query);
      if (map.at("state") != "making") return map;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    ADD_FAILURE() << "the map was not made";
    return Json::object();
  }
  static std::vector<std::pair<int, int>> points(const Json& map) {
    const auto numbers = [&map](const char* axis) {
      const std::string bytes = from_base64(map.at(axis).get<std::string>()).value();
      std::vector<int> read;
      for (size_t i = 0; i + 1 < bytes.size(); i += 2)
        read.push_back(static_cast<unsigned char>(bytes[i]) + 256 * static_cast<unsigned char>(bytes[i + 1]));
      return read;
    };
    const auto x = numbers("x");
    const auto y = numbers("y");
    std::vector<std::pair<int, int>> all;
    for (size_t i = 0; i < x.size(); ++i) all.emplace_back(x[i], y.at(i));
    return all;
  }
};

TEST_F(StudioMap, IsMadeOnceAndShowsWhatTheFiltersLetThrough) {
  const Json before = json_at("/api/map");
  EXPECT_EQ(before["state"], "none");
  EXPECT_EQ(before["missing"], 14);
  const Json begun = posted("/api/map", Json::object(), 202);
  EXPECT_EQ(begun["state"], "making");
  EXPECT_EQ(begun["job"]["verb"], "map");
  EXPECT_EQ(posted("/api/map", Json::object(), 202)["job"]["id"], begun["job"]["id"]) << "it joins";
  const Json map = settled();
  ASSERT_EQ(map["state"], "ready") << json_at("/api/jobs");
  EXPECT_EQ(map["missing"], 0);
  EXPECT_EQ(map["classes"], (Json{"yes", "no"}));
  const auto all = points(map);
  ASSERT_EQ(all.size(), 14u);
  EXPECT_GT(std::set(all.begin(), all.end()).size(), 4u);
  for (const auto& [x, y] : all) EXPECT_TRUE(x < 65535 && y < 65535) << x << " " << y;
  const Json again = posted("/api/map", Json::object(), 202);
  EXPECT_EQ(again["state"], "ready");
  EXPECT_TRUE(again["job"].is_null());

  const Json some = json_at("/api/map?class=no&text=disc-00");
  EXPECT_EQ(some["ids"].size(), 5u);
  EXPECT_EQ(some["labels"], Json(std::vector<int>(5, 1)));
  const auto few = points(some);
  for (size_t i = 0; i < few.size(); ++i) {
    const auto at = std::find(map["ids"].begin(), map["ids"].end(), some["ids"][i]) - map["ids"].begin();
    EXPECT_EQ(few[i], all[static_cast<size_t>(at)]) << "a filter moves nothing";
  }
}

TEST_F(StudioMap, LabelsDoNotMoveItAndNewSamplesOutdateIt) {
  posted("/api/map", Json::object(), 202);
  const Json before = settled();
  ASSERT_EQ(before["state"], "ready");
  posted("/api/labels", {{"samples", {before["ids"][0]}}, {"class", "unsure"}});
  const Json after = json_at("/api/map");
  EXPECT_EQ(after["state"], "ready");
  EXPECT_EQ(after["labels"][0], -2);
  EXPECT_EQ(points(after), points(before));

  ASSERT_EQ(post("/api/upload?name=another.png", encode_png(disc_picture(true, 77)), headers(),
                 "application/octet-stream"),
            202)
      << body_;
  Json now = json_at("/api/map");
  for (int i = 0; i < 200 && now["state"] == "ready"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    now = json_at("/api/map");
  }
  EXPECT_EQ(now["state"], "outdated");
  EXPECT_EQ(now["missing"], 1);
  EXPECT_EQ(now["ids"].size(), 15u);
  const auto moved = points(now);
  EXPECT_EQ(std::count(moved.begin(), moved.end(), std::pair(65535, 65535)), 1);
  posted("/api/map", Json::object(), 202);
  EXPECT_EQ(settled()["missing"], 0);
}

TEST_F(StudioMap, ARestartKeepsItAndSaysWhatChangedMeanwhile) {
  posted("/api/map", Json::object(), 202);
  const Json before = settled();
  ASSERT_EQ(before["state"], "ready");
  studio_.reset();
  open();
  const Json again = json_at("/api/map");
  EXPECT_EQ(again["state"], "ready");
  EXPECT_EQ(points(again), points(before));
  EXPECT_EQ(posted("/api/map", Json::object(), 202)["job"], nullptr);
  studio_.reset();
  verbs::AddArgs added;
  added.project = project();
  ASSERT_TRUE(write_file(folder_.path() / "later.png", encode_png(disc_picture(true, 99))));
  added.files = {folder_.path() / "later.png"};
  ASSERT_TRUE(verbs::add(added, watch_));
  open();
  const Json after = json_at("/api/map");
  EXPECT_EQ(after["state"], "outdated");
  EXPECT_EQ(after["missing"], 1) << "the others are shown meanwhile";
}

TEST_F(StudioMap, WhatIsKeptAndDamagedIsMadeAgain) {
  posted("/api/map", Json::object(), 202);
  ASSERT_EQ(settled()["state"], "ready");
  studio_.reset();
  const fs::path file = project() / ".dewdrop" / "browse" / "map";
  const std::string whole = read_file(file).value();
  const auto flipped = [&whole](size_t at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    return bytes;
  };
  for (const std::string& bytes : {std::string(), whole.substr(0, 40), whole.substr(0, whole.size() - 1),
                                   whole + "x", flipped(3), flipped(50), flipped(whole.size() - 2)}) {
    ASSERT_TRUE(write_file(file, bytes));
    open();
    EXPECT_EQ(json_at("/api/map")["state"], "none") << bytes.size();
    studio_.reset();
  }
  fs::remove(file);
  fs::create_directory(file);
  open();
  EXPECT_EQ(json_at("/api/map")["state"], "none");
  posted("/api/map", Json::object(), 202);
  EXPECT_EQ(settled()["state"], "ready") << "it is shown though it cannot be kept";
  studio_.reset();
  fs::remove(file);
  open();
  posted("/api/map", Json::object(), 202);
  EXPECT_EQ(settled()["state"], "ready");
  EXPECT_EQ(read_file(file).value(), whole) << "the same again, and nothing beside it";
  EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), fs::directory_iterator()), 1);
}

TEST_F(StudioMap, WhatIsAskedWronglyIsSaidAndAStoppedOneIsNotKept) {
  EXPECT_EQ(get("/api/map?class=cat"), 400);
  EXPECT_EQ(get("/api/map?count=3"), 400);
  EXPECT_EQ(get("/api/map?split=holdout"), 400);
  EXPECT_THAT(body_, HasSubstr("splits are"));
  EXPECT_EQ(post("/api/map", Json{{"again", true}}), 400);
  const Json begun = posted("/api/map", Json::object(), 202);
  posted("/api/jobs/" + std::to_string(begun["job"]["id"].get<int64_t>()) + "/stop", Json::object());
  EXPECT_EQ(settled()["state"], "none");
}

}  // namespace
}  // namespace dew::testing
