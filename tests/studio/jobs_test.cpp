// Jobs over HTTP: uploads, labelling, training, testing, ranking; live events; what fails and what is
// stopped.
#include <atomic>
#include <chrono>
#include <thread>

#include "tests/studio/studio_client.h"

namespace dew::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class StudioJobs : public StudioTest {
 protected:
  void SetUp() override {
    make(24);
    std::string answers;
    for (int i = 0; i < 40; ++i) {
      char name[32];
      std::snprintf(name, sizeof name, "disc-%03d.png", i);
      answers += Json{{"sample", name},
                      {"label", i % 2 == 0 ? "yes" : "no"},
                      {"reason", "<b>seen</b>"},
                      {"confidence", 0.9}}
                     .dump() +
                 "\n";
    }
    ASSERT_TRUE(write_file(project() / "answers.jsonl", answers));
    open();
  }
  [[nodiscard]] static std::string replay() { return "replay:answers.jsonl"; }

  Json label() { return ended(posted("/api/jobs", {{"verb", "label"}, {"teacher", replay()}}, 202)); }
  /// Waits until the newest job tells of epochs; false: it does not.
  bool learns() {
    for (int i = 0; i < 400; ++i) {
      const Json job = json_at("/api/jobs").at("jobs").back();
      if (job.at("state") != "waiting" && job.at("state") != "running") return false;
      if (job.at("history").size() > 1) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  static fs::path make_in(const fs::path& folder) {
    EXPECT_TRUE(make_folders(folder));
    return folder;
  }
  int upload(const std::string& name, const std::string& bytes) {
    return post("/api/upload?name=" + name, bytes, headers(), "application/octet-stream");
  }
};

TEST_F(StudioJobs, ADryRunForecastsAndARunLabels) {
  const Json dry = ended(
      posted("/api/jobs", {{"verb", "label"}, {"teacher", replay()}, {"limit", 5}, {"dry_run", true}}, 202));
  EXPECT_EQ(dry["state"], "done") << dry;
  EXPECT_EQ(dry["outcome"]["dry_run"], true);
  EXPECT_EQ(json_at("/api/project")["unlabelled"], 24);
  const Json done = label();
  EXPECT_EQ(done["state"], "done") << done;
  EXPECT_EQ(done["outcome"]["labelled"], 24);
  EXPECT_TRUE(done["error"].is_null());
  EXPECT_EQ(json_at("/api/project")["unlabelled"], 0) << "it shows before the job says that it is done";
}

TEST_F(StudioJobs, TheQuestionIsChangedAndPromptsAreScoredOnPeoplesLabels) {
  EXPECT_EQ(json_at("/api/project")["instructions"], "");
  const Json changed = posted("/api/prompt", {{"question", " Is a \"round\" thing there? "},
                                              {"instructions", "Half of one\ncounts."}});
  EXPECT_EQ(changed["question"], "Is a \"round\" thing there?");
  EXPECT_EQ(changed["instructions"], "Half of one\ncounts.");
  const auto reopened = Project::open(project());
  ASSERT_TRUE(reopened) << "dewdrop.toml is still one";
  EXPECT_EQ(reopened->settings().question, "Is a \"round\" thing there?");
  EXPECT_EQ(reopened->settings().classes, (std::vector<std::string>{"yes", "no"}));
  for (const Json& body :
       {Json{{"question", " "}}, Json{{"question", 3}}, Json{{"question", std::string(9000, 'x')}},
        Json{{"instructions", "a\u0001b"}}, Json{{"classes", "a"}}, Json::array()})
    EXPECT_EQ(post("/api/prompt", body), 400) << body.dump().substr(0, 80) << body_;
  std::vector<int64_t> ids;
  const Json page = json_at("/api/samples?count=10");
  for (const Json& sample : page["samples"]) ids.push_back(sample["id"]);
  posted("/api/labels", {{"samples", ids}, {"class", "yes"}});
  const Json scored =
      ended(posted("/api/jobs", {{"verb", "label"}, {"teacher", replay()}, {"gold", true}}, 202));
  ASSERT_EQ(scored["state"], "done") << scored;
  EXPECT_EQ(scored["outcome"]["gold"], 10);
  ASSERT_EQ(scored["outcome"]["versions"].size(), 1u);
  EXPECT_EQ(scored["outcome"]["versions"][0]["right"], 5) << "people say yes to all ten";
  EXPECT_EQ(json_at("/api/project")["unlabelled"], 14) << "nothing else was asked about";
}

TEST_F(StudioJobs, WhatFailsSaysWhatWhereAndNext) {
  const Json failed = ended(posted("/api/jobs", {{"verb", "train"}}, 202));
  EXPECT_EQ(failed["state"], "failed");
  EXPECT_FALSE(failed["error"]["what"].get<std::string>().empty());
  EXPECT_THAT(failed["error"]["next"].get<std::string>(), HasSubstr("label"));
  const Json gone = ended(posted("/api/jobs", {{"verb", "label"}, {"teacher", "replay:nowhere.jsonl"}}, 202));
  EXPECT_EQ(gone["state"], "failed");
  for (const Json& body :
       {Json{{"verb", "format"}}, Json{{"verb", 1}}, Json::array(), Json{{"verb", "label"}, {"limit", 0}},
        Json{{"verb", "label"}, {"colour", 1}}, Json{{"verb", "train"}, {"settings", {{"epoch", 3}}}},
        Json{{"verb", "train"}, {"settings", {{"epochs", -3}}}},
        Json{{"verb", "train"}, {"settings", {{"epochs", "3"}}}}, Json{{"verb", "train"}, {"settings", 3}}})
    EXPECT_EQ(post("/api/jobs", body), 400) << body << body_;
  EXPECT_EQ(post("/api/jobs/99/stop", Json::object()), 404);
}

TEST_F(StudioJobs, ARequestNamesNoFilesOutsideTheProject) {
  const fs::path outside = folder_.path() / "outside";
  fs::copy(project() / "answers.jsonl", make_in(outside) / "answers.jsonl");
  fs::create_symlink(outside, project() / "linked");
  fs::create_symlink(outside / "answers.jsonl", project() / "linked.jsonl");
  const std::string absolute = (outside / "answers.jsonl").string();
  ::setenv("DEWDROP_TEST_SOURCE", absolute.c_str(), 1);
  for (const std::string& file :
       {absolute, std::string("../outside/answers.jsonl"), std::string("sub/../../outside/answers.jsonl"),
        std::string("linked/answers.jsonl"), std::string("linked.jsonl"), std::string("linked/none.jsonl"),
        std::string("/etc/passwd")}) {
    const Json settings{{"backbone", file}};
    for (const Json& body :
         {Json{{"verb", "label"}, {"teacher", "replay:" + file}},
          Json{{"verb", "label"}, {"teacher", "replay:" + file}, {"dry_run", true}},
          Json{{"verb", "cascade"}, {"sources", {file}}},
          Json{{"verb", "cascade"}, {"sources", {file + "#xywh=0,0,9,9"}}},
          Json{{"verb", "cascade"}, {"sources", {"camera:0"}}, {"teacher", "replay:" + file}},
          Json{{"verb", "tune"}, {"sources", {file}}}, Json{{"verb", "train"}, {"settings", settings}}}) {
      EXPECT_EQ(post("/api/jobs", body), 400) << body << body_;
      EXPECT_THAT(body_, HasSubstr("not in the project's folder")) << body;
    }
  }
  for (const char* source : {"%2e%2e/outside/answers.jsonl#xywh=0,0,9,9", "env:DEWDROP_TEST_SOURCE", "..",
                             "file:///etc/../../../../../../../../../etc/passwd", "camera:/etc/passwd"})
    EXPECT_EQ(post("/api/jobs", {{"verb", "cascade"}, {"sources", {source}}}), 400) << source << body_;
  EXPECT_EQ(json_at("/api/jobs")["jobs"], Json::array()) << "none was begun";
}

TEST_F(StudioJobs, WhatTheProjectHoldsOrItsOwnerNamesIsTaken) {
  const fs::path outside = folder_.path() / "outside";
  fs::rename(project() / "answers.jsonl", make_in(outside) / "answers.jsonl");
  const std::string teacher = "replay:../outside/answers.jsonl";
  EXPECT_EQ(post("/api/jobs", {{"verb", "label"}, {"teacher", teacher}, {"dry_run", true}}), 400);
  studio_.reset();
  const std::string toml = read_file(project() / "dewdrop.toml").value();
  const size_t at = toml.find("\nteacher = ");
  ASSERT_NE(at, std::string::npos);
  ASSERT_TRUE(write_file(project() / "dewdrop.toml", toml.substr(0, at) + "\nteacher = \"" + teacher + "\"" +
                                                         toml.substr(toml.find('\n', at + 1))));
  open();
  const Json named = ended(posted("/api/jobs", {{"verb", "label"}, {"teacher", teacher}}, 202));
  EXPECT_EQ(named["state"], "done") << named;
  // It stands in the project's folder under another name, and the way there is a link.
  fs::create_directory_symlink(project(), folder_.path() / "way");
  fs::create_hard_link(outside / "answers.jsonl", project() / "again.jsonl");
  for (const std::string& file :
       {std::string("again.jsonl"), (project() / "again.jsonl").string(),
        (folder_.path() / "way" / "again.jsonl").string(), std::string("./linked/../again.jsonl")}) {
    const Json done = ended(
        posted("/api/jobs", {{"verb", "label"}, {"teacher", "replay:" + file}, {"dry_run", true}}, 202));
    EXPECT_EQ(done["state"], "done") << done;
  }
  EXPECT_EQ(post("/api/jobs", {{"verb", "train"}, {"settings", {{"backbone", "bundeld"}}}}), 400);
  EXPECT_THAT(body_, HasSubstr("there is no backbone 'bundeld'"));
}

TEST_F(StudioJobs, UploadsBecomeSamples) {
  EXPECT_EQ(upload("new%20disc.png", encode_png(disc_picture(true, 900))), 202) << body_;
  Json job = ended(Json::parse(body_));
  EXPECT_EQ(job["verb"], "add");
  EXPECT_EQ(job["state"], "done") << job;
  EXPECT_EQ(upload("..%2F..%2Fescaped.png", encode_png(disc_picture(true, 901))), 202);
  ended(Json::parse(body_));
  EXPECT_EQ(upload("new%20disc.png", encode_png(disc_picture(true, 900))), 202) << body_;
  job = ended(Json::parse(body_));
  EXPECT_EQ(job["outcome"]["already_there"], 1) << job;
  EXPECT_EQ(json_at("/api/project")["samples"], 26);
  EXPECT_EQ(json_at("/api/samples?text=new%20disc")["total"], 1);
  EXPECT_EQ(json_at("/api/samples?text=escaped.png")["total"], 1);
  EXPECT_FALSE(fs::exists(folder_.path() / "escaped.png"));
  for (const auto& entry : fs::directory_iterator(project() / ".dewdrop"))
    EXPECT_FALSE(entry.path().filename().string().starts_with("upload-")) << entry.path() << " is left";
}

TEST_F(StudioJobs, UploadsThatAreNotTaken) {
  EXPECT_EQ(upload("page.png", "<html><script>alert(1)</script>"), 415);
  EXPECT_EQ(upload("empty.png", ""), 415);
  EXPECT_EQ(upload("", "x"), 400);
  EXPECT_EQ(upload("..", "x"), 400);
  EXPECT_EQ(upload("a%00b.png", "x"), 400);
  EXPECT_EQ(post("/api/upload?name=a.png", "x", headers(), "image/png"), 415);
  // A picture of more pixels than the project takes: refused by `add`, before it is decoded.
  std::string large = "P5\n20000 20000\n255\n";
  large.resize(4096, 'x');
  EXPECT_EQ(upload("large.pgm", large), 202) << body_;
  const Json failed = ended(Json::parse(body_));
  EXPECT_EQ(failed["state"], "failed");
  EXPECT_THAT(failed.dump(), HasSubstr("large.pgm"));
  EXPECT_THAT(failed.dump(), Not(HasSubstr("upload-"))) << "where it lies meanwhile is nobody's business";
  EXPECT_EQ(json_at("/api/project")["samples"], 24);
}

TEST_F(StudioJobs, ATrainingIsStoppedAndGoesOn) {
  label();
  const Json body{{"verb", "train"}, {"settings", {{"epochs", 60}}}};
  const Json started = posted("/api/jobs", body, 202);
  EXPECT_EQ(post("/api/jobs", body), 409) << "one at a time";
  ASSERT_TRUE(learns());
  const std::string id = started["id"].dump();
  posted("/api/jobs/" + id + "/stop", Json::object());
  const Json stopped = ended(started);
  EXPECT_EQ(stopped["state"], "stopped") << stopped;
  EXPECT_EQ(post("/api/jobs/" + id + "/stop", Json::object()), 200) << "stopping twice does no harm";
  posted("/api/jobs", body, 202);
  ASSERT_TRUE(learns());
  studio_.reset();  // ends the server while it trains
  open();
  EXPECT_EQ(json_at("/api/runs")["runs"][0]["state"], "training");
  const Json again = ended(posted("/api/jobs", body, 202));
  EXPECT_EQ(again["state"], "done") << again;
  EXPECT_THAT(again["messages"].dump(), HasSubstr("going on with it"));
  EXPECT_FALSE(again["history"].empty());
  EXPECT_EQ(json_at("/api/runs")["runs"].size(), 1u);
}

TEST_F(StudioJobs, EventsTellThePresentStateFirstAndThenWhatChanges) {
  std::string told;
  std::mutex mutex;
  std::atomic<bool> leave = false;
  const auto listen = [&](const std::string&) {
    return std::thread([&] {
      httplib::Client client("127.0.0.1", port_);
      client.set_read_timeout(20, 0);
      client.Get("/api/events", headers(), [&](const char* data, size_t size) {
        const std::lock_guard lock(mutex);
        told.append(data, size);
        return !leave;
      });
    });
  };
  const auto wait_for = [&](const std::string& text) {
    for (int i = 0; i < 200; ++i) {
      {
        const std::lock_guard lock(mutex);
        if (told.find(text) != std::string::npos) return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  };
  std::thread one = listen("one");
  EXPECT_TRUE(wait_for("event: project\ndata: {\"version\":")) << told;
  label();
  EXPECT_TRUE(wait_for("\"state\":\"done\"")) << told;
  leave = true;
  posted("/api/jobs", {{"verb", "label"}, {"teacher", replay()}, {"dry_run", true}}, 202);
  one.join();
  {
    const std::lock_guard lock(mutex);
    told.clear();
  }
  leave = false;
  std::thread later = listen("later");
  EXPECT_TRUE(wait_for("\"verb\":\"label\"")) << "a page that comes later sees where they are";
  studio_.reset();  // ends the stream
  later.join();
}

TEST_F(StudioJobs, AReviewIsWalkedByTwoPages) {
  label();
  EXPECT_EQ(json_at("/api/review")["state"], "closed");
  EXPECT_EQ(post("/api/review/decide", {{"class", "yes"}, {"sample", 1}}), 409);
  const Json ranked = ended(posted("/api/review/open", Json::object(), 202));
  ASSERT_EQ(ranked["state"], "done") << ranked;
  Json review = json_at("/api/review");
  EXPECT_EQ(review["state"], "open");
  EXPECT_EQ(review["length"], 24);
  EXPECT_EQ(review["next"].size(), 5u);
  EXPECT_EQ(review["current"]["reason"], "<b>seen</b>");
  const int64_t first = review["current"]["id"];
  EXPECT_EQ(review["next"][0] == first, false);
  review = posted("/api/review/decide", {{"class", "no"}, {"sample", first}});
  EXPECT_EQ(review["position"], 1);
  EXPECT_EQ(review["decided"], 1);
  EXPECT_EQ(post("/api/review/decide", {{"class", "yes"}, {"sample", first}}), 409) << "another page went on";
  EXPECT_EQ(post("/api/review/skip", {{"sample", first}}), 409);
  EXPECT_EQ(post("/api/review/decide", {{"class", "maybe"}, {"sample", review["current"]["id"]}}), 400);
  review = posted("/api/review/skip", {{"sample", review["current"]["id"]}});
  EXPECT_EQ(review["skipped"], 1);
  posted("/api/review/undo", Json::object());
  review = posted("/api/review/undo", Json::object());
  EXPECT_EQ(review["undone"], "taken_back");
  EXPECT_EQ(review["current"]["id"], first);
  EXPECT_TRUE(json_at("/api/samples?order=suspicion&count=1")["samples"][0]["suspicion"].is_number());
}

TEST_F(StudioJobs, ARunFromItsTrainingToItsPackage) {
  label();
  EXPECT_EQ(json_at("/api/runs")["runs"], Json::array());
  const Json trained = ended(posted("/api/jobs", {{"verb", "train"}, {"settings", {{"epochs", 2}}}}, 202));
  ASSERT_EQ(trained["state"], "done") << trained;
  EXPECT_EQ(get("/api/runs/1/confusion"), 409) << "it was not tested yet";
  ASSERT_EQ(ended(posted("/api/jobs", {{"verb", "test"}, {"run", 1}}, 202))["state"], "done");
  const Json run = json_at("/api/runs/1");
  EXPECT_EQ(run["state"], "done");
  EXPECT_EQ(run["curve"].size(), 2u);
  EXPECT_TRUE(run["test_accuracy"].is_number());
  EXPECT_TRUE(run["int8_accuracy"].is_number());
  EXPECT_EQ(run["settings"]["epochs"], 2);
  const Json confused = json_at("/api/runs/1/confusion");
  int64_t counted = 0;
  for (const Json& row : confused["int8"])
    for (const Json& count : row) counted += count.get<int64_t>();
  EXPECT_GT(counted, 0);
  EXPECT_EQ(counted, static_cast<int64_t>(confused["samples"].size()));
  ASSERT_EQ(
      post("/api/runs/1/classify", encode_png(disc_picture(true, 5)), headers(), "application/octet-stream"),
      200)
      << body_;
  const Json classified = Json::parse(body_);
  EXPECT_EQ(classified["scores"].size(), 2u);
  EXPECT_GT(classified["milliseconds"].get<double>(), 0);
  EXPECT_EQ(post("/api/runs/1/classify", "no picture", headers(), "application/octet-stream"), 415);
  EXPECT_EQ(get("/api/runs/2"), 404);
  EXPECT_THAT(json_at("/api/packages")["targets"], Contains("c"));
  const auto package = httplib::Client("127.0.0.1", port_).Get("/api/runs/1/package?to=c", headers());
  ASSERT_TRUE(package);
  EXPECT_EQ(package->status, 200) << package->body;
  EXPECT_EQ(package->get_header_value("Content-Type"), "application/zip");
  EXPECT_THAT(package->get_header_value("Content-Disposition"), HasSubstr("disc-c.zip"));
  EXPECT_TRUE(package->body.starts_with("PK\x03\x04"));
  EXPECT_EQ(get("/api/runs/1/package?to=toaster"), 400);
  EXPECT_EQ(json_at("/api/runs/1")["gone"], false);
  fs::rename(project() / run["folder"].get<std::string>(), folder_.path() / "elsewhere");
  EXPECT_EQ(json_at("/api/runs")["runs"][0]["gone"], true);
  EXPECT_EQ(json_at("/api/runs/1")["gone"], true) << "its figures are shown still";
  for (const char* path : {"/api/runs/1/package?to=c", "/api/runs/1/confusion"}) {
    EXPECT_EQ(get(path), 409) << path;
    EXPECT_THAT(body_, HasSubstr("the folder of this run is gone"));
    EXPECT_THAT(body_, HasSubstr(run["folder"].get<std::string>()));
  }
  const Json settings = json_at("/api/settings");
  EXPECT_EQ(settings["student"][0]["key"], "net");
}

}  // namespace
}  // namespace dew::testing
