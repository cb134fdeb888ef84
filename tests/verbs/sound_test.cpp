// The cascade from a sound to the log: a net that hears "dewdrop", taught by speech from espeak-ng
// (scripts/sound/teach.py), on voices that did not teach it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/process.h"
#include "graph/graph.h"
#include "store/events.h"
#include "tests/support/wav.h"
#include "tests/verbs/disc_project.h"
#include "tests/verbs/recorded_watch.h"
#include "verbs/cascade/cascade.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const fs::path kFixtures = DEWDROP_SOURCE_DIR "/tests/verbs/fixtures";
constexpr double kWordEnds = 2.51;  ///< seconds, in dewdrop.wav; scripts/sound/recording.py tells it

class CascadeSound : public ::testing::Test {
 protected:
  void SetUp() override { make_disc_project(folder_.path() / "p", 4); }
  [[nodiscard]] CascadeArgs args() const {
    CascadeArgs made;
    made.model.project = folder_.path() / "p";
    made.sources = {(kFixtures / "dewdrop.wav").string()};
    made.sound = kFixtures / "dewdrop.tflite";
    made.lines = folder_.path() / "lines.jsonl";
    return made;
  }
  [[nodiscard]] std::vector<Event> logged() const {
    const auto project = Project::open(folder_.path() / "p");
    return EventLog::open(*project)->events_after(0, 1000).value();
  }
  fs::path write(const std::string& name, const std::string& bytes) {
    EXPECT_TRUE(write_file(folder_.path() / name, bytes));
    return folder_.path() / name;
  }

  TemporaryFolder folder_ = *TemporaryFolder::create();
  RecordedWatch watch_;
};

TEST_F(CascadeSound, AWordInAWavWakesTheChain) {
  const auto outcome = cascade(args(), watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  EXPECT_EQ(outcome->events, 1);
  EXPECT_EQ(outcome->by_class.at("dewdrop"), 1);
  const auto events = logged();
  ASSERT_THAT(events, SizeIs(1)) << "not at the other words, one of them 'raindrop'";
  EXPECT_EQ(events[0].event_class, "dewdrop");
  EXPECT_EQ(events[0].state, "ended");
  EXPECT_NEAR(events[0].start, kWordEnds + 0.1, 0.3);
  EXPECT_THAT(events[0].pictures, SizeIs(0));
  const auto lines = split_list(read_file(args().lines).value(), '\n');
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(Json::parse(lines[0])["class"], "dewdrop");
  EXPECT_EQ(Json::parse(lines[1])["state"], "ended");

  const auto again = cascade(args(), watch_);
  ASSERT_EQ(error_of(again), "fine");
  EXPECT_EQ(again->known, 1);
  EXPECT_THAT(logged(), SizeIs(1));
}

TEST_F(CascadeSound, SilenceWakesNobody) {
  CascadeArgs asked = args();
  asked.sources = {write("silence.wav", wav_of(std::vector<int16_t>(80'000, 0))).string()};
  const auto outcome = cascade(asked, watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  EXPECT_EQ(outcome->events, 0);
  EXPECT_NEAR(outcome->sources[0].seconds, 5, 0.05);
  EXPECT_EQ(outcome->sources[0].frames, (80'000 - 480) / 320 / 2 - 24 + 1)
      << "every 40 ms, from the 49th window on";
}

/// A net that says `score` whatever it hears.
std::string net_that_says(double score) {
  using namespace graph;
  Graph made;
  made.name = "says";
  made.tensors = {{"features", {1, 3 * 40}, DType::kInt8, {{26.0F / 256}, {-128}, -1}, {}},
                  {"weights", {1, 120}, DType::kInt8, {{0.01F}, {0}, -1}, std::vector<uint8_t>(120)},
                  {"bias", {1}, DType::kInt32, {{0.01F * 26 / 256}, {0}, -1}, {}},
                  {"logit", {1, 1}, DType::kInt8, {{0.05F}, {0}, -1}, {}},
                  {"score", {1, 1}, DType::kInt8, {{1.0F / 256}, {-128}, -1}, {}}};
  const auto bias = static_cast<int32_t>(std::lround(std::log(score / (1 - score)) / (0.01 * 26 / 256)));
  for (int byte = 0; byte < 4; ++byte)
    made.tensors[2].data.push_back(static_cast<uint8_t>(static_cast<uint32_t>(bias) >> (8 * byte)));
  Op dense;
  dense.kind = OpKind::kFullyConnected;
  dense.inputs = {0, 1, 2};
  dense.outputs = {3};
  Op logistic;
  logistic.kind = OpKind::kLogistic;
  logistic.inputs = {3};
  logistic.outputs = {4};
  made.ops = {dense, logistic};
  made.inputs = {0};
  made.outputs = {4};
  return write_tflite(made).value();
}

TEST_F(CascadeSound, AManifestSaysWhenTheWordIsHeard) {
  write("hello.tflite", net_that_says(0.7));
  const auto manifest = [&](double cutoff, int window) {
    return write(
        "hello.json",
        Json{{"wake_word", "Hello"},
             {"model", "hello.tflite"},
             {"micro",
              {{"probability_cutoff", cutoff}, {"sliding_window_size", window}, {"feature_step_size", 10}}}}
            .dump());
  };
  CascadeArgs asked = args();
  asked.sources = {write("silence.wav", wav_of(std::vector<int16_t>(32'000, 0))).string()};
  asked.sound = manifest(0.8, 1);
  const auto never = cascade(asked, watch_);
  ASSERT_EQ(error_of(never), "fine");
  EXPECT_EQ(never->events, 0);

  asked.sound = manifest(0.69, 10);
  const auto outcome = cascade(asked, watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  EXPECT_EQ(outcome->by_class.at("Hello"), 1);
  ASSERT_THAT(logged(), SizeIs(1));
  // The window is 30 ms, the third window of 10 ms is the first that the net hears, it is asked every 40 ms,
  // and the mean of ten answers, those before the first counted as 0, passes only with the tenth.
  EXPECT_NEAR(logged()[0].start, 0.03 + 0.02 + 9 * 0.04, 0.001);
}

/// A streaming net as microWakeWord's are fed: three rows at a time, and a probability in uint8. It adds
/// 0.085 to a logit in every run.
std::string net_that_counts() {
  using namespace graph;
  const auto values = [](float scale, int zero_point, DType type = DType::kInt8) {
    return Tensor{"", {1, 1}, type, {{scale}, {zero_point}, -1}, {}};
  };
  Graph made;
  made.name = "counts";
  made.tensors = {{"features", {1, 3, 40}, DType::kInt8, {{26.0F / 256}, {-128}, -1}, {}},
                  {"weights", {1, 120}, DType::kInt8, {{0.01F}, {0}, -1}, std::vector<uint8_t>(120)},
                  {"bias", {1}, DType::kInt32, {{0.01F * 26 / 256}, {0}, -1}, {84, 0, 0, 0}},
                  {"flat", {1, 120}, DType::kInt8, {{26.0F / 256}, {-128}, -1}, {}},
                  values(0.005F, -128),
                  values(0.005F, -128),
                  values(0.005F, -128),
                  values(1 / 256.0F, -128),
                  values(1 / 256.0F, 0, DType::kUInt8)};
  const auto add = [&](OpKind kind, std::vector<int> inputs, int output) {
    Op op;
    op.kind = kind;
    op.inputs = std::move(inputs);
    op.outputs = {output};
    made.ops.push_back(std::move(op));
  };
  add(OpKind::kReshape, {0}, 3);
  add(OpKind::kFullyConnected, {3, 1, 2}, 4);
  add(OpKind::kAdd, {5, 4}, 6);
  add(OpKind::kLogistic, {6}, 7);
  add(OpKind::kQuantize, {7}, 8);
  made.states = {{"count", 5, 6, {0x80}}};
  made.inputs = {0};
  made.outputs = {8};
  return write_tflite(made).value();
}

TEST_F(CascadeSound, ANetThatRemembersIsGivenEveryWindowOnce) {
  write("count.tflite", net_that_counts());
  CascadeArgs asked = args();
  asked.sources = {write("silence.wav", wav_of(std::vector<int16_t>(32'000, 0))).string()};
  asked.sound = write(
      "count.json",
      Json{{"wake_word", "Ten"},
           {"model", "count.tflite"},
           {"micro", {{"probability_cutoff", 0.69}, {"sliding_window_size", 1}, {"feature_step_size", 10}}}}
          .dump());
  const auto outcome = cascade(asked, watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  EXPECT_EQ(outcome->sources[0].frames, ((32'000 - 480) / 160 + 1) / 3);
  ASSERT_EQ(outcome->by_class.at("Ten"), 1);
  // The tenth run is the first whose logit passes; it has the windows 27 to 29, 10 ms apart, of 30 ms each.
  EXPECT_NEAR(logged()[0].start, 29 * 0.01 + 0.03, 0.001);
}

TEST_F(CascadeSound, OfAVideoThePicturesAreKept) {
  if (!find_program("ffmpeg")) GTEST_SKIP() << "NOT TESTED: ffmpeg is absent; scripts/install test";
  const fs::path video = folder_.path() / "kitchen.avi";
  const auto made =
      run_process({"ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-f", "lavfi", "-i",
                   "testsrc=size=64x64:rate=10:duration=4.5", "-i", (kFixtures / "dewdrop.wav").string(),
                   "-c:v", "mjpeg", "-c:a", "pcm_s16le", video.string()},
                  std::chrono::minutes(1), watch_);
  ASSERT_TRUE(made && made->status == 0) << (made ? made->errors : made.error().what);
  CascadeArgs asked = args();
  asked.sources = {video.string()};
  const auto outcome = cascade(asked, watch_);
  ASSERT_EQ(error_of(outcome), "fine");
  const auto events = logged();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_NEAR(events[0].start, kWordEnds + 0.1, 0.3);
  ASSERT_FALSE(events[0].pictures.empty());
  for (const EventPicture& one : events[0].pictures) {
    EXPECT_NEAR(one.seconds, events[0].start, 2);
    EXPECT_TRUE(
        read_image(folder_.path() / "p" / ".dewdrop" / "events" / std::to_string(events[0].id) / one.file));
  }
}

TEST_F(CascadeSound, WhatIsWrongIsTold) {
  CascadeArgs asked = args();
  asked.sound = folder_.path() / "none.tflite";
  EXPECT_THAT(error_of(cascade(asked, watch_)), HasSubstr("none.tflite"));
  asked = args();
  asked.model.model = args().sound;
  EXPECT_THAT(error_of(cascade(asked, watch_)), HasSubstr("another net is named"));
  asked = args();
  asked.model.classes = {"a", "b", "c"};
  EXPECT_FALSE(cascade(asked, watch_));
  asked = args();
  asked.sources[0] += "#xywh=0,0,8,8";
  EXPECT_THAT(error_of(cascade(asked, watch_)), HasSubstr("a sound has no parts"));
  asked = args();
  asked.sources = {write("text.wav", "this is no sound, only some text that says so").string()};
  EXPECT_THAT(error_of(cascade(asked, watch_)), HasSubstr("text.wav"));
  asked = args();
  asked.sound = write("hello.json", "{}");
  EXPECT_THAT(error_of(cascade(asked, watch_)), HasSubstr("wake_word"));
}

}  // namespace
}  // namespace dew::verbs
