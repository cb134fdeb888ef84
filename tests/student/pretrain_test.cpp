// Pretraining: the student comes nearer to its teacher, it resumes, and it says what is wrong.
#include "student/pretrain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "shapes.h"
#include "student/backbone.h"

namespace dew::student {
namespace {

constexpr int kFeatures = 1280;
constexpr int kViews = 2;

/// Asks for a stop once it has been asked `calls` times.
class StopAfter : public Watch {
 public:
  explicit StopAfter(int calls) : calls_(calls) {}
  bool interrupted() const override { return ++asked_ > calls_; }

 private:
  int calls_;
  mutable int asked_ = 0;
};

/// Shapes, and a teacher of which half of the features are high for red ones and half for blue ones.
PretrainData lessons(int pictures) {
  PretrainData data;
  data.size = kShapeInput;
  data.views = kViews;
  data.head = {kFeatures, 2, 0.02F, -128, std::vector<float>(size_t{2} * kFeatures), {0, 0}};
  for (int f = 0; f < kFeatures; ++f) data.head.weights[static_cast<size_t>(f % 2 * kFeatures + f)] = 0.01F;
  for (int i = 0; i < pictures; ++i) {
    const Example one = shape(1, static_cast<uint64_t>(i));
    for (int view = 0; view < kViews; ++view) {
      data.pictures.insert(data.pictures.end(), one.rgb.begin(), one.rgb.end());
      for (int f = 0; f < kFeatures; ++f)
        data.targets.push_back(static_cast<uint8_t>(f % 2 == one.answer_class ? 20 : -120));
    }
  }
  return data;
}

/// How far the backbone's features of new shapes are from what the teacher would say of them, as a share of
/// the teacher's own spread.
double distance(const fs::path& folder) {
  Watch watch;
  const auto examples = shapes(3, 40);
  const Backbone backbone = read_backbone(folder / "backbone.dewb").value();
  const auto rows = features_of(backbone, kShapeInput, pictures_of(examples), watch).value();
  constexpr double kHigh = 0.02 * (20 + 128);
  constexpr double kLow = 0.02 * (-120 + 128);
  double apart = 0, spread = 0;
  for (size_t i = 0; i < rows.size(); ++i)
    for (int f = 0; f < kFeatures; ++f) {
      const double wanted = f % 2 == examples[i].answer_class ? kHigh : kLow;
      apart += std::pow(rows[i][static_cast<size_t>(f)] - wanted, 2);
      spread += std::pow((kHigh - kLow) / 2, 2);
    }
  return apart / spread;
}

struct Pretraining : testing::Test {
  const TemporaryFolder home_ = TemporaryFolder::create().value();
  PretrainSettings settings_;

  void SetUp() override {
    settings_.stages = {{kShapeInput, 2}};
    settings_.batch = 8;
    settings_.name = "shapes";
    settings_.origin = "a test";
  }
  fs::path folder(const std::string& name) const { return home_.path() / name; }
  Result<void> run(const std::string& name, const PretrainData& data) const {
    Watch watch;
    return pretrain(data, settings_, folder(name), watch);
  }
  std::string file(const std::string& name) const {
    return read_file(folder(name) / "backbone.dewb").value();
  }
};

TEST_F(Pretraining, TheFeaturesOfNewPicturesComeNearTheTeachers) {
  settings_.stages = {{kShapeInput, 24}};
  settings_.learning_rate = 1e-2;  // few steps: each has to count
  const auto done = run("a", lessons(100));
  ASSERT_TRUE(done) << done.error().what;
  EXPECT_LT(distance(folder("a")), 0.9) << "random weights have 2, the teacher's mean has 1";
}

TEST_F(Pretraining, ResumesInEitherStageAsIfItHadNeverStopped) {
  settings_.stages = {{kShapeInput, 2}, {kShapeInput + 16, 1}};
  const PretrainData data = lessons(40);
  ASSERT_TRUE(run("whole", data));
  for (const int calls : {2, 6, 9}) {  // four batches an epoch
    const std::string name = std::to_string(calls);
    StopAfter stop(calls);
    ASSERT_FALSE(pretrain(data, settings_, folder(name), stop)) << calls;
    ASSERT_TRUE(run(name, data));
    EXPECT_EQ(file("whole"), file(name)) << calls;
  }
}

TEST_F(Pretraining, AFinishedTrainingTakesAnotherNameAndOtherPicturesTrainAgain) {
  PretrainData data = lessons(40);
  ASSERT_TRUE(run("a", data));
  const Backbone first = read_backbone(folder("a") / "backbone.dewb").value();
  settings_.name = "renamed";
  StopAfter at_once(0);  // nothing is left to train
  ASSERT_TRUE(pretrain(data, settings_, folder("a"), at_once));
  const Backbone renamed = read_backbone(folder("a") / "backbone.dewb").value();
  EXPECT_EQ(renamed.name, "renamed");
  EXPECT_EQ(renamed.weights.parameters, first.weights.parameters);
  ++data.pictures[1000];
  StopAfter once_more(0);
  EXPECT_FALSE(pretrain(data, settings_, folder("a"), once_more)) << "it had to train";
}

TEST_F(Pretraining, SaysWhatIsWrong) {
  PretrainData data = lessons(40);
  data.targets.pop_back();
  EXPECT_THAT(run("a", data).error().what, testing::HasSubstr("do not match"));
  settings_.alpha = 1.4;
  EXPECT_THAT(run("a", lessons(40)).error().what, testing::HasSubstr("1792"));
  settings_.alpha = 0.35;
  settings_.batch = 64;
  EXPECT_THAT(run("a", lessons(40)).error().what, testing::HasSubstr("fewer pictures than a batch"));
  settings_.batch = 8;
  settings_.stages = {{50, 1}};
  EXPECT_THAT(run("a", lessons(40)).error().what, testing::HasSubstr("50 pixels"));
  settings_.stages.clear();
  EXPECT_THAT(run("a", lessons(40)).error().what, testing::HasSubstr("nothing to train"));
}

}  // namespace
}  // namespace dew::student
