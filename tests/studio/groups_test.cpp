// Near-duplicates over HTTP: found once, those that contradict themselves
// first, decided in one step.
#include <sqlite3.h>

#include <chrono>
#include <thread>

#include "store/settings_edit.h"
#include "tests/studio/studio_client.h"

namespace dew::testing {
namespace {

using ::testing::Contains;
using ::testing::Not;

class StudioGroups : public StudioTest {
 protected:
  /// Of `picture`, copies that differ in one pixel: other bytes, the same look.
  void add_copies(const std::string& name, const Image& picture, int copies) {
    const fs::path files = folder_.path() / name;
    for (int i = 0; i < copies; ++i) {
      Image copy = picture;
      copy.rgb[0] = static_cast<uint8_t>(i);
      ASSERT_TRUE(write_file(files / (name + "-" + std::to_string(i) + ".png"), encode_png(copy)));
    }
    verbs::AddArgs added;
    added.project = project();
    added.files = {files};
    ASSERT_TRUE(verbs::add(added, watch_));
  }
  void SetUp() override {
    make(2);
    add_copies("pair", disc_picture(true, 500), 2);
    add_copies("many", disc_picture(false, 900), 5);
    open();
  }
  Json settled(const std::string& query = "") {
    for (int i = 0; i < 1200; ++i) {
      const Json groups = json_at("/api/groups" + query);
      if (groups.at("state") != "making") return groups;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    ADD_FAILURE() << "the groups were not found";
    return Json::object();
  }
  std::vector<int64_t> ids_of(const std::string& text) {
    std::vector<int64_t> ids;
    const Json page = json_at("/api/samples?text=" + text);
    for (const Json& sample : page.at("samples")) ids.push_back(sample["id"]);
    return ids;
  }
};

TEST_F(StudioGroups, TheLargestFirstUnlessLabelsContradictOneAnother) {
  EXPECT_EQ(json_at("/api/groups")["state"], "none");
  EXPECT_EQ(posted("/api/groups", Json::object(), 202)["job"]["verb"], "group");
  const Json before = settled();
  ASSERT_EQ(before["state"], "ready") << json_at("/api/jobs");
  EXPECT_TRUE(posted("/api/groups", Json::object(), 202)["job"].is_null()) << "it stands";
  const auto pair = ids_of("pair");
  const auto many = ids_of("many");
  ASSERT_EQ(before["groups"].size(), 2u) << before;
  EXPECT_EQ(before["groups"][0]["samples"], Json(many));
  EXPECT_EQ(before["groups"][1]["samples"], Json(pair));
  EXPECT_EQ(before["order"], (Json{many[0], pair[0]}));
  EXPECT_EQ(before["contradictory"], 0);
  EXPECT_EQ(before["groups"][0]["sources"], 5);
  EXPECT_THAT(before["groups"][0]["warnings"], Contains("sources"));
  EXPECT_THAT(before["groups"][1]["warnings"], Not(Contains("sources"))) << "two are not many";

  posted("/api/labels", {{"samples", {pair[0]}}, {"class", "yes"}});
  EXPECT_EQ(json_at("/api/groups")["contradictory"], 0) << "one label and none: no contradiction";
  posted("/api/labels", {{"samples", {pair[1]}}, {"class", "no"}});
  const Json after = json_at("/api/groups");
  EXPECT_EQ(after["contradictory"], 1);
  EXPECT_EQ(after["order"], (Json{pair[0], many[0]}));
  EXPECT_EQ(after["groups"][0]["labels"], (Json{0, 1}));
  EXPECT_EQ(after["groups"][0]["contradictory"], true);
}

TEST_F(StudioGroups, AreDecidedInOneStepAndAskedForByTheirFirstSamples) {
  posted("/api/groups", Json::object(), 202);
  const Json group = settled()["groups"][0];
  EXPECT_EQ(posted("/api/labels", {{"samples", group["samples"]}, {"class", "no"}})["changed"], 5);
  const std::string first = std::to_string(group["samples"][0].get<int64_t>());
  const Json named = json_at("/api/groups?class=yes&firsts=" + first + ",999");
  EXPECT_EQ(named["order"], Json::array()) << "no group has a sample with this label";
  ASSERT_EQ(named["groups"].size(), 1u) << "but who asks for one by name gets it";
  EXPECT_EQ(named["groups"][0]["labels"], Json(std::vector<int>(5, 1)));
  EXPECT_EQ(posted("/api/labels/undo", Json::object())["samples"].size(), 5u);
  EXPECT_EQ(json_at("/api/groups?firsts=" + first)["groups"][0]["labels"], Json(std::vector<int>(5, -1)));
}

TEST_F(StudioGroups, ARestartKeepsThemUnlessTheirSettingsChanged) {
  posted("/api/groups", Json::object(), 202);
  Json before = settled();
  ASSERT_EQ(before["state"], "ready");
  studio_.reset();
  open();
  Json again = json_at("/api/groups");
  for (Json* reply : {&before, &again}) reply->erase("version");
  EXPECT_EQ(again, before);
  studio_.reset();
  ASSERT_TRUE(change_settings(project(), {{"label.spread_bits", "3"}}));
  open();
  EXPECT_EQ(json_at("/api/groups")["state"], "outdated");
  posted("/api/groups", Json::object(), 202);
  EXPECT_EQ(settled()["state"], "ready");
  studio_.reset();
  ASSERT_TRUE(write_file(project() / ".dewdrop" / "browse" / "groups", "DEWKEPT1 of something else"));
  open();
  EXPECT_EQ(json_at("/api/groups")["state"], "none");
}

TEST_F(StudioGroups, PicturesThatCannotBeReadAreCounted) {
  verbs::AddArgs added;
  added.project = project();
  added.cut.in_place = true;
  for (int i = 0; i < 3; ++i) {
    added.files.push_back(folder_.path() / ("gone-" + std::to_string(i) + ".png"));
    ASSERT_TRUE(
        write_file(added.files.back(), encode_png(disc_picture(true, 700 + static_cast<uint64_t>(i)))));
  }
  ASSERT_TRUE(verbs::add(added, watch_));
  for (const fs::path& file : added.files) fs::remove(file);
  studio_.reset();
  open();
  EXPECT_EQ(json_at("/api/groups")["unreadable"], 0) << "nobody has looked yet";
  posted("/api/groups", Json::object(), 202);
  const Json groups = settled();
  EXPECT_EQ(groups["order"].size(), 2u);
  EXPECT_EQ(groups["unreadable"], 3);
  EXPECT_EQ(json_at("/api/groups?text=gone-1")["unreadable"], 1) << "of those that are asked about";
  studio_.reset();
  open();
  EXPECT_EQ(json_at("/api/groups")["unreadable"], 3) << "kept with the groups";
  const int64_t id = ids_of("gone-0").at(0);
  EXPECT_GE(get("/api/samples/" + std::to_string(id) + "/picture"), 400);
  EXPECT_THAT(Json::parse(body_)["error"].dump(), ::testing::HasSubstr("gone-0.png"));
}

TEST_F(StudioGroups, SplitsAreThoseOfNow) {
  posted("/api/groups", Json::object(), 202);
  ASSERT_EQ(settled()["state"], "ready");
  const auto splits_after = [this](const char* change) {
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open((project() / ".dewdrop" / "project.db").c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, change, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
    const Json before = json_at("/api/project")["version"];
    // What a settling of splits leaves beside them, so that it is seen.
    EXPECT_TRUE(Project::open(project())->set_labels({{ids_of("pair")[0], "yes", "human", change, ""}}));
    for (int i = 0; i < 100 && json_at("/api/project")["version"] == before; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return json_at("/api/groups")["groups"][0]["splits"];
  };
  EXPECT_EQ(splits_after("UPDATE samples SET split = 0"), (Json{{"train", 5}}));
  EXPECT_EQ(splits_after("UPDATE samples SET split = 2"), (Json{{"test", 5}}));
  EXPECT_EQ(json_at("/api/groups")["state"], "ready") << "they are the same groups";
}

TEST_F(StudioGroups, NewSamplesOutdateThemAndWhatIsAskedWronglyIsSaid) {
  for (const char* query : {"class=cat", "count=3", "firsts=1,,2", "firsts=one", "firsts=1,", "firsts=1;2",
                            "firsts=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21"})
    EXPECT_EQ(get(std::string("/api/groups?") + query), 400) << query;
  EXPECT_EQ(post("/api/groups", Json{{"again", 1}}), 400);
  posted("/api/groups", Json::object(), 202);
  EXPECT_EQ(settled()["state"], "ready");
  ASSERT_EQ(post("/api/upload?name=another.png", encode_png(disc_picture(true, 77)), headers(),
                 "application/octet-stream"),
            202)
      << body_;
  for (int i = 0; i < 200 && json_at("/api/groups")["state"] == "ready"; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(json_at("/api/groups")["state"], "outdated");
  posted("/api/groups", Json::object(), 202);
  EXPECT_EQ(settled()["state"], "ready");
}

}  // namespace
}  // namespace dew::testing
