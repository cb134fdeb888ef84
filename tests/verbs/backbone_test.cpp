// Backbones without a terminal: list, import, pull from a server inside the test, train.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <cstdlib>
#include <thread>

#include "graph/graph.h"
#include "student/backbone.h"
#include "student/backbone_store.h"
#include "student/quantise.h"
#include "tests/support/keras_file.h"
#include "tests/support/shapes.h"
#include "tests/verbs/recorded_watch.h"
#include "verbs/backbone/backbone.h"

namespace dew::verbs {
namespace {

using ::dew::testing::disc_picture;
using ::dew::testing::error_of;
using ::dew::testing::RecordedWatch;
using ::dew::testing::some_hold;
using ::testing::HasSubstr;

/// Gives the file at /net.h5, with the status and the body that stand in it.
class FileServer {
 public:
  FileServer() {
    server_.Get("/net.h5", [this](const httplib::Request&, httplib::Response& response) {
      response.status = status;
      response.set_content(body, "application/octet-stream");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  FileServer(const FileServer&) = delete;
  FileServer& operator=(const FileServer&) = delete;
  ~FileServer() {
    server_.stop();
    thread_.join();
  }
  [[nodiscard]] std::string url() const {
    return "http://user:secret@127.0.0.1:" + std::to_string(port_) + "/net.h5";
  }
  std::string body;
  int status = 200;

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

class Backbones : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(setenv("XDG_DATA_HOME", data().c_str(), 1), 0); }
  void TearDown() override { unsetenv("XDG_DATA_HOME"); }
  [[nodiscard]] fs::path data() const { return folder_.path() / "data"; }
  [[nodiscard]] fs::path file(const std::string& name) const { return folder_.path() / name; }
  /// A small backbone as Keras would write it.
  [[nodiscard]] fs::path keras(const std::string& name, uint64_t seed) const {
    student::write_keras(file(name), student::keras_arrays(student::random_backbone(0.35, 96, seed)), false);
    return file(name);
  }
  std::vector<std::string> names() {
    std::vector<std::string> found;
    const auto listed = list_backbones(watch_);
    EXPECT_EQ(error_of(listed), "fine");
    for (const BackboneInfo& info : listed->backbones) found.push_back(info.name);
    return found;
  }
  BackboneInfo last() {
    const auto listed = list_backbones(watch_);
    return listed->backbones.back();
  }
  TemporaryFolder folder_ = *TemporaryFolder::create();
  RecordedWatch watch_;
};

TEST_F(Backbones, AnImportedOneIsListedBesideTheBundled) {
  const fs::path from = keras("net.h5", 1);
  const auto kept = import_backbone({from, "mine", false}, watch_);
  ASSERT_EQ(error_of(kept), "fine");
  EXPECT_EQ(kept->backbone.name, "mine");
  EXPECT_EQ(kept->backbone.alpha, 0.35);
  EXPECT_GT(kept->backbone.numbers, 100'000);
  EXPECT_THAT(kept->backbone.origin, HasSubstr("net.h5 (SHA-256 " + *sha256_file(from) + ")"));
  EXPECT_EQ(kept->file, data() / "dewdrop" / "backbones" / "mine.dewb");
  EXPECT_EQ(kept->backbone.sha256, *sha256_file(kept->file));
  const auto listed = list_backbones(watch_);
  ASSERT_EQ(error_of(listed), "fine");
  EXPECT_EQ(listed->folder, data() / "dewdrop" / "backbones");
  const bool bundled = !student::bundled_bytes().empty();
  ASSERT_EQ(listed->backbones.size(), bundled ? 2U : 1U);
  EXPECT_EQ(listed->backbones[0].name, bundled ? "bundled" : "mine");
  EXPECT_EQ(to_json(listed->backbones.back()), to_json(*kept));
  const Json json = to_json(*listed);
  EXPECT_EQ(json["folder"], listed->folder.string());
  for (const char* key : {"name", "alpha", "input", "numbers", "sha256", "origin"})
    EXPECT_TRUE(json["backbones"].back().contains(key)) << key;
}

TEST_F(Backbones, ADamagedOneIsToldAndLeftOut) {
  const auto kept = import_backbone({keras("net.h5", 1), "mine", false}, watch_);
  ASSERT_TRUE(kept);
  ASSERT_TRUE(write_file(kept->file, read_file(kept->file)->substr(0, 1000)));
  const auto found = names();
  EXPECT_EQ(std::count(found.begin(), found.end(), "mine"), 0);
  EXPECT_TRUE(some_hold(watch_.warned, "mine.dewb"));
}

TEST_F(Backbones, ANameIsTakenOnceUnlessReplaced) {
  ASSERT_TRUE(import_backbone({keras("net.h5", 1), "", false}, watch_));
  EXPECT_EQ(names().back(), "net") << "named after the file";
  ASSERT_EQ(error_of(import_backbone({file("net.h5"), "", false}, watch_)), "fine") << "the same again";
  const fs::path other = keras("other.h5", 2);
  const auto refused = import_backbone({other, "net", false}, watch_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::kUsage);
  EXPECT_THAT(error_of(refused), HasSubstr("there is another backbone named 'net'"));
  EXPECT_EQ(error_of(import_backbone({other, "net", true}, watch_)), "fine");
  EXPECT_THAT(last().origin, HasSubstr("other.h5"));
  EXPECT_THAT(error_of(import_backbone({other, "bundled", false}, watch_)), HasSubstr("is taken"));
  EXPECT_THAT(error_of(import_backbone({other, "../x", false}, watch_)), HasSubstr("cannot be"));
  EXPECT_THAT(error_of(import_backbone({file("gone.h5"), "", false}, watch_)), HasSubstr("gone.h5"));
}

TEST_F(Backbones, WhatIsPulledIsPinned) {
  FileServer server;
  server.body = *read_file(keras("a.h5", 1));
  const std::string first = sha256(server.body);
  const auto pulled = pull_backbone({server.url(), "", "", false}, watch_);
  ASSERT_EQ(error_of(pulled), "fine");
  EXPECT_EQ(pulled->backbone.name, "net");
  EXPECT_THAT(pulled->backbone.origin, HasSubstr("127.0.0.1"));
  EXPECT_EQ(pulled->backbone.origin.find("secret"), std::string::npos);
  EXPECT_TRUE(some_hold(watch_.begun, "downloading"));

  server.body = *read_file(keras("b.h5", 2));
  const std::string second = sha256(server.body);
  const auto changed = pull_backbone({server.url(), "", "", true}, watch_);
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().fault, Fault::kWork);
  EXPECT_THAT(error_of(changed), HasSubstr("it was " + first));
  EXPECT_THAT(error_of(changed), HasSubstr("--sha256 " + second));
  EXPECT_EQ(error_of(changed).find("secret"), std::string::npos);
  EXPECT_EQ(last().sha256, pulled->backbone.sha256) << "the old one stands";

  const auto wrong = pull_backbone({server.url(), "", first, true}, watch_);
  EXPECT_THAT(error_of(wrong), HasSubstr("nothing was kept"));
  ASSERT_EQ(error_of(pull_backbone({server.url(), "", second, true}, watch_)), "fine");
  EXPECT_EQ(error_of(pull_backbone({server.url(), "", "", true}, watch_)), "fine") << "the new one is agreed";
}

TEST_F(Backbones, WhatIsNotABackboneIsNeitherKeptNorPinned) {
  FileServer server;
  server.body = "<html>log in</html>";
  EXPECT_NE(error_of(pull_backbone({server.url(), "", "", false}, watch_)), "fine");
  server.status = 404;
  EXPECT_THAT(error_of(pull_backbone({server.url(), "", "", false}, watch_)), HasSubstr("404"));
  EXPECT_FALSE(fs::exists(data()));
  server.status = 200;
  server.body = *read_file(keras("a.h5", 1));
  EXPECT_EQ(error_of(pull_backbone({server.url(), "", "", false}, watch_)), "fine");
  EXPECT_THAT(error_of(pull_backbone({server.url(), "", "12ab", false}, watch_)), HasSubstr("SHA-256"));
  EXPECT_THAT(error_of(pull_backbone({"ftp://127.0.0.1/net.h5", "", "", false}, watch_)), HasSubstr("http"));
  watch_.questions = 0;
  EXPECT_THAT(error_of(pull_backbone({server.url(), "again", "", false}, watch_)), HasSubstr("interrupted"));
}

class BackboneTraining : public Backbones {
 protected:
  /// Eight pictures, an untrained int8 net as their teacher, one epoch at 32 pixels.
  TrainBackboneArgs small() {
    for (int i = 0; i < 8; ++i)
      EXPECT_TRUE(write_file(file("pictures/" + std::to_string(i) + ".png"),
                             encode_png(disc_picture(i % 2 == 0, static_cast<uint64_t>(i)))));
    student::TrainSettings net;
    net.input = 32;
    const auto teacher = student::sketch(net, "teacher", {"yes", "no"});
    EXPECT_EQ(error_of(teacher), "fine");
    EXPECT_TRUE(write_file(file("teacher.tflite"), *graph::write_tflite(*teacher)));
    TrainBackboneArgs args;
    args.pictures = {file("pictures")};
    args.teacher = file("teacher.tflite");
    args.work = file("work");
    args.out = file("mine.dewb");
    args.views = 2;
    args.stages = {{32, 1}};
    args.settings.batch = 4;
    return args;
  }
};

TEST_F(BackboneTraining, MakesAFileThatTrainingsCanStartFrom) {
  const TrainBackboneArgs args = small();
  RecordedWatch impatient;
  impatient.questions = 0;
  EXPECT_THAT(error_of(train_backbone(args, impatient)), HasSubstr("interrupted"));
  EXPECT_FALSE(fs::exists(args.out));
  const auto made = train_backbone(args, watch_);
  ASSERT_EQ(error_of(made), "fine");
  EXPECT_TRUE(some_hold(watch_.begun, "asking the teacher"));
  EXPECT_EQ(made->backbone, "mine");
  EXPECT_EQ(made->file, args.out);
  EXPECT_EQ(made->pictures, 8);
  EXPECT_EQ(made->bytes, static_cast<int64_t>(fs::file_size(args.out)));
  EXPECT_EQ(made->sha256, *sha256_file(args.out));
  EXPECT_EQ(made->origin, "Distilled from teacher.tflite (SHA-256 " + *sha256_file(args.teacher) +
                              ") over 8 pictures, 2 views of each, stages 32x1; no labels.");
  const auto read = student::read_backbone(args.out);
  ASSERT_EQ(error_of(read), "fine");
  EXPECT_EQ(read->origin, made->origin);
  EXPECT_EQ(read->name, "mine");
  const Json json = to_json(*made);
  for (const char* key : {"backbone", "file", "bytes", "sha256", "pictures", "origin"})
    EXPECT_TRUE(json.contains(key)) << key;

  TrainBackboneArgs others = args;
  others.views = 3;
  EXPECT_THAT(error_of(train_backbone(others, watch_)), HasSubstr("holds other lessons"));
}

TEST_F(BackboneTraining, WhatCannotBeTrainedIsSaidBeforeAnyWork) {
  TrainBackboneArgs args = small();
  args.stages = {{32, 0}};
  EXPECT_THAT(error_of(train_backbone(args, watch_)), HasSubstr("--stages"));
  args.stages = {};
  EXPECT_THAT(error_of(train_backbone(args, watch_)), HasSubstr("--stages"));
  args.stages = {{32, 1}};
  args.views = 0;
  EXPECT_THAT(error_of(train_backbone(args, watch_)), HasSubstr("--views"));
  EXPECT_FALSE(fs::exists(args.work));
}

}  // namespace
}  // namespace dew::verbs
