// Events, comparisons, boards and the pages that verbs wrote, over HTTP.
#include "store/events.h"
#include "tests/studio/studio_client.h"

namespace dew::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class StudioReports : public StudioTest {
 protected:
  void SetUp() override {
    make(12);
    label_samples(project(), says_the_truth);
    open();
  }
  /// An event in the log, with a picture that is there and one that was deleted.
  void log_event(int64_t frame, const std::string& state) {
    const auto opened = Project::open(project());
    EventLog log = EventLog::open(*opened).value();
    Event event;
    event.source = "yard.mp4";
    event.event_class = "yes";
    event.first_frame = event.last_frame = frame;
    event.start = event.end = static_cast<double>(frame) / 10;
    Event begun = log.begin(event).value();
    begun.state = state;
    begun.pictures = {{"0.jpg", frame, 1.0, 0.9, "first"},
                      {"../../../secret.txt", frame, 1.2, 0.8, "surest"}};
    ASSERT_TRUE(log.update(begun));
    ASSERT_TRUE(write_file(log.folder(begun.id) / "0.jpg", "jpeg " + std::to_string(frame)));
    EventQuestion question;
    question.event = begun.id;
    question.teacher = "openai";
    question.model = "gpt-6-luna";
    question.state = "answered";
    question.answer = "<b>a disc</b>";
    question.tries = 1;
    question.cost_usd = 0.25;
    ASSERT_TRUE(log.keep(question));
  }
};

TEST_F(StudioReports, EventsTheNewestFirstWithWhatWasSaidOfThem) {
  EXPECT_EQ(json_at("/api/cascade/events")["total"], 0);
  for (const int64_t frame : {10, 20, 30}) log_event(frame, "ended");
  const Json log = json_at("/api/cascade/events?count=2");
  EXPECT_EQ(log["total"], 3);
  EXPECT_EQ(log["questions"], 3);
  EXPECT_EQ(log["usd"], 0.75);
  ASSERT_EQ(log["events"].size(), 2u);
  EXPECT_EQ(log["events"][0]["first_frame"], 30);
  EXPECT_EQ(log["events"][0]["answers"][0]["answer"], "<b>a disc</b>");
  const std::string last = log["events"][1]["event"].dump();
  const Json older = json_at("/api/cascade/events?before=" + last);
  ASSERT_EQ(older["events"].size(), 1u);
  EXPECT_EQ(older["events"][0]["first_frame"], 10);
  for (const char* query : {"count=0", "count=201", "before=-1", "colour=red"})
    EXPECT_EQ(get(std::string("/api/cascade/events?") + query), 400) << query;
}

TEST_F(StudioReports, PicturesOfAnEventAndNothingElse) {
  log_event(10, "ended");
  const std::string base =
      "/api/cascade/events/" + json_at("/api/cascade/events")["events"][0]["event"].dump();
  EXPECT_EQ(get(base + "/picture"), 200);
  EXPECT_EQ(body_, "jpeg 10");
  EXPECT_EQ(get(base + "/picture?number=1"), 404) << "what the log names lies outside of the event's folder";
  EXPECT_EQ(get(base + "/picture?number=2"), 404);
  EXPECT_EQ(get(base + "/picture?number=-1"), 400);
  EXPECT_EQ(get("/api/cascade/events/99/picture"), 404);
}

TEST_F(StudioReports, APageIsShownUnderAPolicyOfItsOwn) {
  EXPECT_EQ(json_at("/api/reports"), (Json{{"compare", false}, {"events", false}, {"tune", false}}));
  EXPECT_EQ(get("/api/reports/compare"), 404);
  ASSERT_TRUE(write_file(project() / "compare.html", "<script>alert(1)</script>"));
  EXPECT_EQ(json_at("/api/reports")["compare"], true);
  const auto reply = httplib::Client("127.0.0.1", port_).Get("/api/reports/compare", headers());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->get_header_value("Content-Type"), "text/html; charset=utf-8");
  ASSERT_EQ(reply->get_header_value_count("Content-Security-Policy"), 1u) << "of two both would hold";
  const std::string policy = reply->get_header_value("Content-Security-Policy");
  EXPECT_TRUE(policy.starts_with("sandbox; default-src 'none'")) << policy;
  EXPECT_THAT(policy, ::testing::Not(HasSubstr("script-src")));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'self'"));
  for (const char* path :
       {"/api/reports/dewdrop", "/api/reports/..%2fp%2fcompare", "/api/reports/compare.html"})
    EXPECT_EQ(get(path), 404) << path;
  EXPECT_EQ(get("/api/runs/1/report"), 404);
  EXPECT_EQ(get("/api/runs/1/search"), 404);
  EXPECT_EQ(get("/api/runs/1/board?board=cortex-m4"), 404);
}

TEST_F(StudioReports, TheLastComparisonAndWhatCanBeCompared) {
  const Json none = json_at("/api/comparison");
  EXPECT_TRUE(none["last"].is_null());
  EXPECT_EQ(none["label_sets"], (Json{"policy", "people", "teacher:replay:test"}));
  ASSERT_TRUE(write_file(project() / "compare.json", R"({"answer": "The same.", "tested": 12})"));
  EXPECT_EQ(json_at("/api/comparison")["last"]["answer"], "The same.");
  for (const char* damaged : {"", "[]", "{}", R"({"answer": 3})", "{"}) {
    ASSERT_TRUE(write_file(project() / "compare.json", damaged));
    EXPECT_EQ(get("/api/comparison"), 500) << damaged;
    EXPECT_THAT(Json::parse(body_)["error"]["next"].get<std::string>(), HasSubstr("compare again"));
  }
}

TEST_F(StudioReports, WhatCannotBeDoneIsSaid) {
  const Json compared = ended(posted("/api/jobs", {{"verb", "compare"}}, 202));
  EXPECT_EQ(compared["state"], "failed");
  EXPECT_THAT(compared["error"]["what"].get<std::string>(), HasSubstr("people have labelled none"));
  const Json watched = ended(posted("/api/jobs", {{"verb", "cascade"}, {"sources", {"yard.mp4"}}}, 202));
  EXPECT_EQ(watched["state"], "failed");
  EXPECT_THAT(watched["error"]["what"].get<std::string>(), HasSubstr("train"));
  EXPECT_EQ(ended(posted("/api/jobs", {{"verb", "tune"}, {"sources", {"yard.mp4"}}}, 202))["state"],
            "failed");
  EXPECT_EQ(
      ended(posted("/api/jobs", {{"verb", "measure"}, {"run", 1}, {"board", "cortex-m4"}}, 202))["state"],
      "failed");
  for (const Json& body :
       {Json{{"verb", "compare"}, {"folds", 1}}, Json{{"verb", "compare"}, {"seeds", 51}},
        Json{{"verb", "compare"}, {"a", 1}}, Json{{"verb", "cascade"}},
        Json{{"verb", "cascade"}, {"sources", "x"}}, Json{{"verb", "cascade"}, {"sources", {1}}},
        Json{{"verb", "tune"}, {"sources", Json::array()}, {"write", 1}},
        Json{{"verb", "measure"}, {"run", 1}}, Json{{"verb", "measure"}, {"run", 1}, {"board", ""}},
        Json{{"verb", "events"}, {"page", "/tmp/x"}}, Json{{"verb", "train"}, {"ram_kib", 0}},
        Json{{"verb", "train"}, {"flash_kib", "1M"}}, Json{{"verb", "train"}, {"ram_kib", int64_t{1} << 40}}})
    EXPECT_EQ(post("/api/jobs", body), 400) << body << body_;
}

TEST_F(StudioReports, ThePageOfEventsIsMade) {
  log_event(10, "ended");
  ASSERT_EQ(ended(posted("/api/jobs", {{"verb", "events"}}, 202))["state"], "done");
  EXPECT_EQ(get("/api/reports/events"), 200);
  EXPECT_THAT(body_, HasSubstr("yard.mp4"));
}

TEST_F(StudioReports, ARunOnABoardWithItsLayers) {
  ASSERT_EQ(ended(posted("/api/jobs", {{"verb", "train"}, {"settings", {{"epochs", 1}}}}, 202))["state"],
            "done");
  EXPECT_EQ(json_at("/api/runs/1")["searched"], false);
  EXPECT_EQ(get("/api/runs/1/report"), 404) << "it was not tested yet";
  ASSERT_TRUE(
      write_file(project() / json_at("/api/runs/1")["folder"].get<std::string>() / "search.html", "<html>"));
  EXPECT_EQ(json_at("/api/runs/1")["searched"], true);
  EXPECT_EQ(get("/api/runs/1/search"), 200);
  EXPECT_GT(json_at("/api/boards")["boards"].size(), 20u);
  const Json body{{"verb", "measure"}, {"run", 1}, {"board", "nano-33-ble-sense"}};
  const Json job = ended(posted("/api/jobs", body, 202));
  if (job["state"] == "failed" && job["error"].dump().find("arm-none-eabi") != std::string::npos)
    GTEST_SKIP() << "NOT TESTED: " << job["error"]["what"];
  ASSERT_EQ(job["state"], "done") << job;
  const Json& outcome = job["outcome"];
  EXPECT_EQ(outcome["board"], "nano-33-ble-sense");
  EXPECT_GT(outcome["flash_bytes"].get<int64_t>(), 0);
  EXPECT_TRUE(outcome["device"]["fits"]["flash"].is_boolean());
  EXPECT_THAT(outcome["text"].get<std::string>(), HasSubstr("ms an inference"));
  EXPECT_FALSE(outcome.contains("files")) << "what is told names no temporary file";
  EXPECT_EQ(get("/api/runs/1/board?board=nano-33-ble-sense"), 200);
  EXPECT_THAT(body_, HasSubstr("<html"));
  EXPECT_EQ(get("/api/runs/2/board?board=nano-33-ble-sense"), 404);
  EXPECT_EQ(ended(posted("/api/jobs", {{"verb", "measure"}, {"run", 1}, {"board", "toaster"}}, 202))["state"],
            "failed");
}

}  // namespace
}  // namespace dew::testing
