// Training from a backbone: it learns, it is the same every time, it goes on where it was, on little data
// too.
#include "student/finetune.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>

#include "shapes.h"
#include "student/backbone_store.h"
#include "student/weights.h"

namespace dew::student {
namespace {

/// Asks for a stop once it has been asked `calls` times.
class Impatient : public Watch {
 public:
  explicit Impatient(int calls) : calls_(calls) {}
  bool interrupted() const override { return ++asked_ > calls_; }

 private:
  int calls_;
  mutable int asked_ = 0;
};

/// Asks for a stop in the second epoch behind all trials.
class TiredAfterTrials : public Watch {
 public:
  void begin(std::string_view what, int64_t /*total*/) override { training_ = what.starts_with("training"); }
  void advance(int64_t /*done*/, std::string_view note) override {
    if (training_ && !note.starts_with("going on")) enough_ = true;
  }
  bool interrupted() const override { return enough_; }

 private:
  bool training_ = false;
  bool enough_ = false;
};

class FineTuning : public testing::Test {
 protected:
  const TemporaryFolder home_ = TemporaryFolder::create().value();
  const Backbone backbone_ = random_backbone(0.35, kShapeInput, 3);
  std::vector<Example> examples_ = shapes(1, 48);
  const std::vector<Example> validation_ = shapes(2, 20);
  TrainSettings settings_ = shape_settings();
  FineTuneRecipe recipe_{.tail_share = 0.6};  // with and without a frozen part

  fs::path folder(const std::string& name) const { return home_.path() / name; }
  std::string weights(const std::string& name) const {
    return read_file(folder(name) / "weights.pt").value();
  }
  Result<Trained> tune(const std::string& name, Watch& watch) const {
    return fine_tune(examples_, validation_, settings_, backbone_, recipe_, folder(name), watch);
  }
  Result<Trained> tune(const std::string& name) const {
    Watch watch;
    return tune(name, watch);
  }
};

TEST_F(FineTuning, LearnsFromFewPicturesWhatTheBackboneCanTell) {
  Watch watch;
  ASSERT_TRUE(train(shapes(5, 96), {}, settings_, folder("before"), watch));
  const Weights before = load_weights(folder("before")).value();
  const Backbone backbone{"shapes", "a test", 0.35, kShapeInput, without_head(before)};
  settings_.epochs = 3;
  examples_ = shapes(1, 24);
  const auto trained = fine_tune(examples_, validation_, settings_, backbone, recipe_, folder("a"), watch);
  ASSERT_TRUE(trained) << trained.error().what;
  double best = 0;
  for (const EpochFigures& figures : trained->curve) best = std::max(best, figures.validation_accuracy);
  EXPECT_GE(best, 0.9);
  EXPECT_GE(trained->validation_accuracy, best - 0.051);  // one picture, for measuring batch norms anew
  EXPECT_GT(trained->images_per_second, 0);
}

TEST_F(FineTuning, TheSameSeedGivesTheSameNetBrokenOrNot) {
  settings_.epochs = 3;  // two with a frozen part, one without
  const auto unbroken = tune("a");
  ASSERT_TRUE(unbroken) << unbroken.error().what;
  EXPECT_EQ(unbroken->curve.size(), 3U);
  // While the cache is filled, in each of the epochs.
  for (const int calls : {1, 8, 13, 15}) {
    const std::string name = "b" + std::to_string(calls);
    Impatient impatient(calls);
    const auto broken = tune(name, impatient);
    ASSERT_FALSE(broken) << calls;
    EXPECT_EQ(broken.error().what, "interrupted");
    EXPECT_FALSE(fs::exists(folder(name) / "weights.pt"));
    const auto resumed = tune(name);
    ASSERT_TRUE(resumed);
    EXPECT_EQ(weights("a"), weights(name)) << calls;
    EXPECT_EQ(resumed->curve.size(), 3U);
  }
  settings_.seed = 2;
  ASSERT_TRUE(tune("c"));
  EXPECT_NE(weights("a"), weights("c"));
}

TEST_F(FineTuning, ATrialChangesNothingOfWhatFollows) {
  settings_.epochs = 3;
  ASSERT_TRUE(tune("a"));
  Watch watch;
  Trial trial{1, {}};
  const auto tried =
      fine_tune(examples_, validation_, settings_, backbone_, recipe_, folder("b"), watch, &trial);
  ASSERT_TRUE(tried) << tried.error().what;
  EXPECT_EQ(tried->curve.size(), 1U);
  EXPECT_TRUE(trial.head.has_value());
  ASSERT_TRUE(tune("b"));
  EXPECT_EQ(weights("a"), weights("b"));
}

TEST_F(FineTuning, MildAugmentationGoesOnWhereItsLossIsClearlyLower) {
  settings_.epochs = 9;  // three of them a trial
  const Backbone known = find_backbone("bundled").value();
  std::vector<Example> misleading = validation_;
  for (Example& example : misleading) example.answer_class = 1 - example.answer_class;
  Watch watch;
  const auto best = [&](const std::string& name, const std::vector<Example>& validation, Watch& other) {
    return fine_tune_best(examples_, validation, settings_, known, folder(name), other);
  };
  const auto loss_tried = [&](const std::string& name, const std::vector<Example>& validation,
                              const FineTuneRecipe& recipe) {
    Trial trial{3, {}};
    return fine_tune(examples_, validation, settings_, known, recipe, folder(name), watch, &trial)
        .value()
        .curve.at(2)
        .validation_loss;
  };
  for (const auto& [name, validation] :
       std::map<std::string, std::vector<Example>>{{"right", validation_}, {"wrong", misleading}}) {
    const bool mild = loss_tried(name + " mild", validation, mild_recipe()) <
                      0.5 * loss_tried(name + " strong", validation, FineTuneRecipe{});
    EXPECT_EQ(mild, name == "right");
    const auto trained = best(name, validation, watch);
    ASSERT_TRUE(trained) << trained.error().what;
    EXPECT_GT(trained->curve.size(), 3U);
    EXPECT_EQ(weights(name), weights(name + (mild ? "/mild" : "/strong")));
  }

  TiredAfterTrials tired;
  ASSERT_FALSE(best("broken", validation_, tired));
  EXPECT_FALSE(fs::exists(folder("broken") / "weights.pt"));
  ASSERT_TRUE(best("broken", validation_, watch));
  EXPECT_EQ(weights("right"), weights("broken"));
}

TEST_F(FineTuning, ASmallCacheGivesAWorkingNetToo) {
  settings_.epochs = 2;
  recipe_.cache_bytes = 1000;  // not one picture
  EXPECT_TRUE(tune("a"));
}

TEST_F(FineTuning, LittleDataIsEnoughForANetThatWorks) {
  settings_.epochs = 2;
  Watch watch;
  for (const int count : {2, 3}) {  // one a class; three in all
    examples_ = shapes(1, count);
    const std::string name = std::to_string(count);
    const auto trained = fine_tune(examples_, {}, settings_, backbone_, recipe_, folder(name), watch);
    ASSERT_TRUE(trained) << trained.error().what;
    const auto rows = predict(folder(name), pictures_of(shapes(4, 2)), watch);
    ASSERT_TRUE(rows) << rows.error().what;
    EXPECT_NEAR((*rows)[0][0] + (*rows)[0][1], 1.0, 1e-5);
  }
}

TEST_F(FineTuning, StopsWhenValidationNoLongerGetsBetter) {
  settings_.epochs = 12;
  recipe_ = mild_recipe();
  std::vector<Example> misleading = validation_;
  for (Example& example : misleading) example.answer_class = 1 - example.answer_class;
  Watch watch;
  const Backbone known = find_backbone("bundled").value();
  const auto stopped =
      fine_tune(examples_, misleading, settings_, known, recipe_, folder("a"), watch).value();
  EXPECT_LT(stopped.curve.size(), 12U);
  recipe_.patience = 1;
  const auto whole = fine_tune(examples_, misleading, settings_, known, recipe_, folder("b"), watch).value();
  EXPECT_EQ(whole.curve.size(), 12U);
}

TEST_F(FineTuning, DoubtAndRareClassesWeigh) {
  settings_.epochs = 1;
  ASSERT_TRUE(tune("a"));
  for (Example& example : examples_) example.confidence = 0.6F;
  ASSERT_TRUE(tune("b"));
  EXPECT_NE(weights("a"), weights("b"));
  examples_.resize(31);
  settings_.balance = 1;
  ASSERT_TRUE(tune("c"));
  settings_.balance = 0;
  ASSERT_TRUE(tune("d"));
  EXPECT_NE(weights("c"), weights("d"));
}

TEST_F(FineTuning, SaysWhatIsWrong) {
  settings_.alpha = 0.5;
  EXPECT_THAT(tune("a").error().what, testing::HasSubstr("alpha 0.35"));
  settings_.alpha = 0.35;
  for (Example& example : examples_) example.answer_class = 0;
  EXPECT_THAT(tune("a").error().what, testing::HasSubstr("class 1"));
  Watch watch;
  settings_.backbone = "nowhere/to-be-found.h5";
  EXPECT_THAT(train(shapes(1, 8), {}, settings_, folder("b"), watch).error().what,
              testing::HasSubstr("no backbone"));
  const fs::path garbage = home_.path() / "garbage.h5";
  ASSERT_TRUE(write_file(garbage, "not a backbone"));
  settings_.backbone = garbage.string();
  EXPECT_THAT(train(shapes(1, 8), {}, settings_, folder("b"), watch).error().what,
              testing::HasSubstr("no backbone"));
}

TEST(Head, ALogisticRegressionSeparatesWhatCanBeSeparated) {
  std::vector<float> features, targets;
  Random random(1, 1);
  for (int i = 0; i < 60; ++i) {
    const bool one = i % 3 == 0;
    features.push_back(static_cast<float>(random.normal() * 0.3 + (one ? 1 : -1)));
    features.push_back(static_cast<float>(random.normal()));
    targets.push_back(one ? 0.0F : 1.0F);
    targets.push_back(one ? 1.0F : 0.0F);
  }
  const DenseLayer layer = fit_head(features, targets, 2, {.epochs = 60, .batch = 8, .learning_rate = 0.05});
  int right = 0;
  for (int i = 0; i < 60; ++i) {
    const auto logits = layer.logits(features.data() + static_cast<ptrdiff_t>(2) * i);
    right += (logits[1] > logits[0]) == (i % 3 == 0) ? 1 : 0;
  }
  EXPECT_GE(right, 58);
}

}  // namespace
}  // namespace dew::student
