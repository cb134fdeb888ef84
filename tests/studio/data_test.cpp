// The project over HTTP: samples, pictures, labels and their undo; and what others change meanwhile.
#include <sqlite3.h>

#include <chrono>
#include <thread>

#include "media/image.h"
#include "store/settings_edit.h"
#include "store/store.h"
#include "tests/studio/studio_client.h"

namespace dew::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class StudioData : public StudioTest {
 protected:
  void SetUp() override {
    make(12);
    label_samples(project(), [](const std::string& name) -> std::string {
      return name == "disc-003.png"   ? std::string()
             : name == "disc-004.png" ? "unsure"
                                      : says_the_truth(name);
    });
    open();
  }
  std::vector<std::string> names(const std::string& query) {
    std::vector<std::string> found;
    const Json page = json_at("/api/samples?" + query);
    for (const Json& sample : page.at("samples")) found.push_back(sample.at("name"));
    return found;
  }
  int64_t id_of(const std::string& name) {
    return json_at("/api/samples?text=" + name).at("samples").at(0).at("id");
  }
  Json sample(const std::string& name) { return json_at("/api/samples/" + std::to_string(id_of(name))); }
};

TEST_F(StudioData, TheProjectInNumbers) {
  const Json project = json_at("/api/project");
  EXPECT_EQ(project["name"], "disc");
  EXPECT_EQ(project["question"], "Is there a disc?");
  EXPECT_EQ(project["classes"], Json::parse(R"(["yes", "no"])"));
  EXPECT_EQ(project["unsure"], "unsure");
  EXPECT_EQ(project["samples"], 12);
  EXPECT_EQ(project["sources"], 12);
  EXPECT_EQ(project["unlabelled"], 1);
  EXPECT_EQ(project["by_class"], (Json{{"yes", 5}, {"no", 5}, {"unsure", 1}})) << "one is set aside";
  EXPECT_EQ(project["by_origin"]["teacher"], 11);
  EXPECT_EQ(project["by_split"]["train"].get<int>() + project["by_split"]["validation"].get<int>() +
                project["by_split"]["test"].get<int>(),
            12);
  EXPECT_EQ(project["folder"], "p") << "the page need not know where it lies";
}

TEST_F(StudioData, AProjectThatCannotBeReadIsToldUntilItCan) {
  const fs::path file = project() / "dewdrop.toml";
  const std::string settings = read_file(file).value();
  ASSERT_TRUE(write_file(file, settings + "\nthis is no TOML\n"));
  std::string told;
  bool mended = false;
  httplib::Client client("127.0.0.1", port_);
  client.set_read_timeout(20, 0);
  client.Get("/api/events", headers(), [&](const char* data, size_t size) {
    told.append(data, size);
    if (!mended && told.find("event: trouble\ndata: {") != std::string::npos)
      mended = write_file(file, settings).has_value();
    return told.find("event: trouble\ndata: null") == std::string::npos;
  });
  EXPECT_TRUE(mended) << told;
  EXPECT_THAT(told, HasSubstr("event: trouble\ndata: null"));
  EXPECT_THAT(told, HasSubstr("dewdrop.toml"));
}

TEST_F(StudioData, PagesAndFiltersInAnyCombination) {
  const Json page = json_at("/api/samples?offset=10&count=500");
  EXPECT_EQ(page["total"], 12);
  EXPECT_EQ(page["offset"], 10);
  EXPECT_THAT(page["samples"], SizeIs(2));
  EXPECT_EQ(page["samples"][0]["name"], "disc-010.png");
  EXPECT_THAT(names("class=none"), ElementsAre("disc-003.png"));
  EXPECT_THAT(names("class=unsure"), ElementsAre("disc-004.png"));
  EXPECT_THAT(names("class=no&text=DISC-00&origin=teacher"),
              ElementsAre("disc-001.png", "disc-005.png", "disc-007.png", "disc-009.png"));
  EXPECT_THAT(names("source=disc-002.png"), ElementsAre("disc-002.png"));
  EXPECT_EQ(names("split=train").size() + names("split=validation").size() + names("split=test").size(), 12u);
  EXPECT_EQ(json_at("/api/samples?offset=1000000").at("samples"), Json::array());
  EXPECT_EQ(json_at("/api/samples?order=confidence&count=1").at("samples").size(), 1u);
}

TEST_F(StudioData, WhatIsAskedWronglyIsSaid) {
  for (const char* query : {"class=cat", "split=holdout", "origin=me", "order=size", "count=501", "offset=-1",
                            "count=many", "colour=red", "count=1&count=2", "source=nothing"}) {
    EXPECT_EQ(get(std::string("/api/samples?") + query), 400) << query;
    EXPECT_FALSE(Json::parse(body_).at("error").at("what").get<std::string>().empty()) << query;
  }
  EXPECT_EQ(get("/api/samples/99999"), 404);
  EXPECT_EQ(get("/api/samples/99999/picture"), 404);
  EXPECT_EQ(get("/api/samples/99999999999999999999999"), 404);
}

TEST_F(StudioData, ASampleWithWhatItsTeacherSaidAsText) {
  {
    auto project_of_command = Project::open(project());
    Answer answer;
    answer.sample = id_of("disc-000.png");
    answer.teacher = "openai";
    answer.model = "gpt-4o";
    answer.prompt_hash = "other";
    answer.answer_class = "yes";
    answer.reason = "<img src=x onerror=alert(1)>";
    answer.confidence = 0.75;
    answer.at = "2026-01-02T00:00:00Z";
    ASSERT_TRUE(project_of_command->add_answers({answer}));
  }
  const auto reply = httplib::Client("127.0.0.1", port_)
                         .Get("/api/samples/" + std::to_string(id_of("disc-000.png")), headers());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->get_header_value("Content-Type"), "application/json");
  const Json found = Json::parse(reply->body);
  EXPECT_EQ(found["source"], "disc-000.png");
  EXPECT_EQ(found["answers"][1]["reason"], "<img src=x onerror=alert(1)>");
  EXPECT_EQ(found["answers"][1]["confidence"], 0.75);
  EXPECT_EQ(found["answers"][1]["cost_usd"], 0);
  EXPECT_TRUE(found["label_at"].is_string());
}

TEST_F(StudioData, PicturesAreScaledToFitAndKeptByTheBrowser) {
  const std::string path = "/api/samples/" + std::to_string(id_of("disc-000.png")) + "/picture";
  const auto reply = httplib::Client("127.0.0.1", port_).Get(path + "?side=32", headers());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->get_header_value("Content-Type"), "image/jpeg");
  const auto picture = decode_image(reply->body, "reply");
  ASSERT_TRUE(picture);
  EXPECT_EQ(std::max(picture->width, picture->height), 32);
  httplib::Headers again = headers();
  again.emplace("If-None-Match", reply->get_header_value("ETag"));
  EXPECT_EQ(get(path + "?side=32", again), 304);
  EXPECT_EQ(get(path + "?side=31"), 400);
  EXPECT_EQ(get(path + "?side=1025"), 400);
}

TEST_F(StudioData, LabelsAreStoredAndTakenBack) {
  const Json step =
      posted("/api/labels", {{"samples", {id_of("disc-000.png"), id_of("disc-003.png")}}, {"class", "no"}});
  EXPECT_EQ(step["changed"], 2);
  EXPECT_EQ(sample("disc-000.png")["label"], "no");
  EXPECT_EQ(sample("disc-000.png")["origin"], "people");
  EXPECT_EQ(sample("disc-000.png")["basis"], "ada");
  EXPECT_EQ(posted("/api/labels", {{"samples", {id_of("disc-001.png")}}, {"class", "unsure"}})["changed"], 1);
  EXPECT_EQ(sample("disc-001.png")["label"], "unsure");
  EXPECT_EQ(posted("/api/labels/undo", Json::object())["result"], "taken_back");
  EXPECT_EQ(sample("disc-001.png")["label"], "no") << "the teacher's stands again";
  const Json both = posted("/api/labels/undo", Json::object());
  EXPECT_EQ(both["samples"].size(), 2u);
  EXPECT_EQ(both["stand"], 0);
  EXPECT_EQ(sample("disc-000.png")["label"], "yes");
  EXPECT_TRUE(sample("disc-003.png")["label"].is_null());
  EXPECT_EQ(posted("/api/labels/undo", Json::object())["result"], "nothing");
}

TEST_F(StudioData, LabelsThatCannotBe) {
  const int64_t id = id_of("disc-000.png");
  EXPECT_EQ(post("/api/labels", {{"samples", {id}}, {"class", "yess"}}), 400);
  EXPECT_THAT(body_, HasSubstr("did you mean 'yes'"));
  EXPECT_EQ(post("/api/labels", {{"samples", {id, 99999}}, {"class", "no"}}), 400);
  EXPECT_EQ(sample("disc-000.png")["label"], "yes") << "all or none";
  for (const char* body :
       {"", "[]", "{", "{\"samples\": 1, \"class\": \"no\"}", "{\"samples\": [\"1\"], \"class\": \"no\"}",
        "{\"samples\": []}", "{\"samples\": [], \"class\": \"no\", \"by\": \"eve\"}"})
    EXPECT_EQ(post("/api/labels", body, headers()), 400) << body;
  EXPECT_EQ(post("/api/labels", "samples=1", headers(), "application/x-www-form-urlencoded"), 415);
  EXPECT_EQ(post("/api/labels", std::string(size_t{2} << 20, ' '), headers()), 413);
  EXPECT_EQ(post("/api/labels", Json{{"samples", std::vector<int64_t>(20'001, id)}, {"class", "no"}}), 400);
}

TEST_F(StudioData, TwoPagesLabelOneSampleAndTheLaterStands) {
  const int64_t id = id_of("disc-000.png");
  posted("/api/labels", {{"samples", {id}}, {"class", "no"}});
  posted("/api/labels", {{"samples", {id}}, {"class", "yes"}});
  EXPECT_EQ(sample("disc-000.png")["label"], "yes");
  EXPECT_EQ(posted("/api/labels", {{"samples", {id}}, {"class", "yes"}})["changed"], 0);
  EXPECT_EQ(posted("/api/labels/undo", Json::object())["result"], "taken_back");
  EXPECT_EQ(sample("disc-000.png")["label"], "no");
}

TEST_F(StudioData, AnUndoDoesNotOverruleWhatCameLater) {
  const int64_t first = id_of("disc-000.png");
  const int64_t second = id_of("disc-002.png");
  posted("/api/labels", {{"samples", {first, second}}, {"class", "no"}});
  {
    auto other = Project::open(project());
    ASSERT_TRUE(other->set_labels({{first, "yes", "human", "bob", "2030-01-01T00:00:00Z"}}));
  }
  const Json undone = posted("/api/labels/undo", Json::object());
  EXPECT_EQ(undone["result"], "overruled");
  EXPECT_EQ(undone["samples"], Json::array({second}));
  EXPECT_EQ(undone["stand"], 1);
  EXPECT_EQ(sample("disc-002.png")["label"], "yes");
  const auto labels = Project::open(project())->labels_about({first});
  EXPECT_EQ(labels->front().basis, "bob");
}

TEST_F(StudioData, AProjectThatWasMovedTakesNoDecisions) {
  const Json body{{"samples", {id_of("disc-000.png")}}, {"class", "no"}};
  fs::rename(project(), folder_.path() / "moved");
  EXPECT_EQ(post("/api/labels", body), 409);
  EXPECT_THAT(body_, HasSubstr("not in its folder any more"));
  EXPECT_EQ(post("/api/labels/undo", Json::object()), 409);
  fs::rename(folder_.path() / "moved", project());
  EXPECT_EQ(post("/api/labels", body), 200) << body_;
}

TEST_F(StudioData, AnotherCommandThatWritesIsToldAndWaitedFor) {
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open((project() / ".dewdrop" / "project.db").c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const Json body{{"samples", {id_of("disc-000.png")}}, {"class", "no"}};
  httplib::Client client("127.0.0.1", port_);
  client.set_read_timeout(60, 0);
  const auto reply = client.Post("/api/labels", headers(), body.dump(), "application/json");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  const Json error = Json::parse(reply->body)["error"];
  EXPECT_THAT(error["what"].get<std::string>(), HasSubstr("locked by another process"));
  EXPECT_THAT(error["next"].get<std::string>(), HasSubstr("wait until it is done, then try again"));
  EXPECT_EQ(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  EXPECT_EQ(post("/api/labels", body), 200) << body_;
}

TEST_F(StudioData, AClassThatTheProjectHasNoMoreIsNotUnsure) {
  ASSERT_TRUE(change_settings(project(), {{"classes", R"(["yes", "none"])"}}));
  Json seen = json_at("/api/project");
  for (int i = 0; i < 100 && seen["classes"][1] != "none"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    seen = json_at("/api/project");
  }
  EXPECT_EQ(seen["by_class"], (Json{{"yes", 5}, {"none", 0}, {"unsure", 1}}));
  EXPECT_EQ(seen["unlabelled"], 6) << "five of the class that is gone, one without any label";
  EXPECT_EQ(sample("disc-001.png")["label"], "no");
  EXPECT_EQ(sample("disc-004.png")["label"], "unsure");
  // A class may be called as "no label" is asked for.
  posted("/api/labels", {{"samples", {id_of("disc-000.png")}}, {"class", "none"}});
  EXPECT_THAT(names("class=none"), ElementsAre("disc-000.png"));
  EXPECT_THAT(names("class=%20"), SizeIs(6));
  EXPECT_EQ(json_at("/api/map?text=disc-001")["labels"], Json::array({-1}));
  posted("/api/labels", {{"samples", {id_of("disc-001.png")}}, {"class", "yes"}});
  EXPECT_EQ(sample("disc-001.png")["label"], "yes");
}

TEST_F(StudioData, WhatAProgramSendsWronglySaysWhereAndWhatToDo) {
  for (const char* path : {"/api/samples?offset=x", "/api/samples?offset=1&offset=2", "/api/samples?colour=1",
                           "/api/samples/99999999999999999999", "/api/samples?split=holdout"}) {
    EXPECT_GE(get(path), 400) << path;
    EXPECT_NE(Json::parse(body_)["error"]["next"], "") << body_;
  }
  for (const char* body : {"", "[]", "{\"samples\": 1, \"class\": \"no\"}"}) {
    EXPECT_EQ(post("/api/labels", body, headers()), 400) << body;
    EXPECT_NE(Json::parse(body_)["error"]["next"], "") << body_;
  }
}

TEST_F(StudioData, WhatTheCommandLineChangesIsSeen) {
  const int64_t before = json_at("/api/project")["version"];
  {
    auto other = Project::open(project());
    ASSERT_TRUE(other->set_labels({{id_of("disc-005.png"), "yes", "human", "bob", ""}}));
  }
  Json seen = json_at("/api/project");
  for (int i = 0; i < 100 && seen["version"] == before; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    seen = json_at("/api/project");
  }
  EXPECT_GT(seen["version"], before);
  EXPECT_EQ(sample("disc-005.png")["label"], "yes");
  EXPECT_EQ(seen["by_origin"]["people"], 1);
}

}  // namespace
}  // namespace dew::testing
