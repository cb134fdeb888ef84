// Training from a backbone by the recipes that ship: it learns, it is reproducible, it resumes, and it copes
// with little data. Only epochs and pictures are fewer than users have.
#include "student/finetune.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>

#include "shapes.h"
#include "student/backbone_store.h"
#include "student/curve.h"
#include "student/predict.h"

namespace dew::student {
namespace {

/// Asks for a stop once it has been asked `calls` times.
class StopAfter : public Watch {
 public:
  explicit StopAfter(int calls) : calls_(calls) {}
  bool interrupted() const override { return ++asked_ > calls_; }

 private:
  int calls_;
  mutable int asked_ = 0;
};

/// Asks for a stop after the first epoch that follows all trials.
class StopAfterTrials : public Watch {
 public:
  void begin(std::string_view what, int64_t /*total*/) override { training_ = what.starts_with("training"); }
  void advance(int64_t /*done*/, std::string_view note) override {
    if (training_ && !note.starts_with("resuming")) stop_ = true;
  }
  bool interrupted() const override { return stop_; }

 private:
  bool training_ = false;
  bool stop_ = false;
};

/// How far a stage came beyond its total, at most.
class Beyond : public Watch {
 public:
  void begin(std::string_view /*what*/, int64_t total) override { total_ = total; }
  void advance(int64_t done, std::string_view /*note*/) override { most = std::max(most, done - total_); }
  int64_t most = 0;

 private:
  int64_t total_ = 0;
};

/// The shapes with the wrong answers: what is learned from the right ones makes their loss grow.
std::vector<Example> misleading(std::vector<Example> examples) {
  for (Example& example : examples) example.answer_class = 1 - example.answer_class;
  return examples;
}

double accuracy(const fs::path& folder, const std::vector<Example>& examples) {
  Watch watch;
  const auto rows = predict(folder, pictures_of(examples), watch).value();
  int right = 0;
  for (size_t i = 0; i < rows.size(); ++i)
    right += (rows[i][1] > rows[i][0]) == (examples[i].answer_class == 1);
  return right / static_cast<double>(rows.size());
}

class FineTuning : public testing::Test {
 protected:
  const TemporaryFolder home_ = TemporaryFolder::create().value();
  const Backbone backbone_ = find_backbone("bundled").value();
  std::vector<Example> examples_ = shapes(1, 48);
  const std::vector<Example> validation_ = shapes(2, 20);
  TrainSettings settings_ = shape_settings();
  FineTuneRecipe recipe_;

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
  settings_.backbone = "bundled";
  settings_.epochs = 9;
  Watch watch;
  const auto trained = train(examples_, validation_, settings_, folder("a"), watch);
  ASSERT_TRUE(trained) << trained.error().what;
  EXPECT_GE(accuracy(folder("a"), shapes(7, 60)), 0.95);
  double best = 0;
  for (const EpochFigures& figures : trained->curve) best = std::max(best, figures.validation_accuracy);
  EXPECT_EQ(trained->validation_accuracy, best) << "the best epoch is kept";
  EXPECT_NEAR(trained->validation_accuracy, accuracy(folder("a"), validation_), 1e-9);
  EXPECT_GT(trained->images_per_second, 0);
}

TEST_F(FineTuning, TheSameSeedGivesTheSameNetInterruptedOrNot) {
  settings_.epochs = 3;
  for (const bool mild : {false, true}) {
    recipe_ = mild ? mild_recipe() : FineTuneRecipe{};
    const std::string way = mild ? "mild " : "strong ";
    const auto whole = tune(way + "whole");
    ASSERT_TRUE(whole) << whole.error().what;
    EXPECT_EQ(whole->curve.size(), 3U);
    // The features of 96 pictures and mirror images take four calls. Then: in each of the epochs.
    for (const int calls : {2, 4, 7, 10, 12}) {
      const std::string name = way + std::to_string(calls);
      StopAfter stop(calls);
      const auto broken = tune(name, stop);
      ASSERT_FALSE(broken) << calls;
      EXPECT_EQ(broken.error().what, "interrupted");
      EXPECT_FALSE(fs::exists(folder(name) / "weights.pt"));
      const auto resumed = tune(name);
      ASSERT_TRUE(resumed);
      EXPECT_EQ(weights(way + "whole"), weights(name)) << calls;
      EXPECT_EQ(resumed->curve.size(), 3U);
    }
  }
  settings_.seed = 2;
  ASSERT_TRUE(tune("another seed"));
  EXPECT_NE(weights("mild whole"), weights("another seed"));
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
  Beyond beyond;
  ASSERT_TRUE(fine_tune(examples_, validation_, settings_, backbone_, recipe_, folder("b"), beyond, &trial));
  EXPECT_EQ(beyond.most, 0) << "a trial that has long gone on tells no 3 of 1 epochs";
}

TEST_F(FineTuning, MildAugmentationGoesOnWhereItsLossIsClearlyLower) {
  settings_.epochs = 30;  // ten of them a trial
  Watch watch;
  const auto best = [&](const std::string& name, const std::vector<Example>& validation, Watch& other) {
    return fine_tune_best(examples_, validation, settings_, backbone_, folder(name), other);
  };
  const auto loss_tried = [&](const std::string& name, const std::vector<Example>& validation,
                              const FineTuneRecipe& recipe) {
    Trial trial{10, {}};
    const auto tried =
        fine_tune(examples_, validation, settings_, backbone_, recipe, folder(name), watch, &trial).value();
    return mean_validation_loss(tried.curve, 10, 3);
  };
  for (const auto& [name, validation] : std::map<std::string, std::vector<Example>>{
           {"right", validation_}, {"wrong", misleading(validation_)}}) {
    const bool mild = loss_tried(name + " mild", validation, mild_recipe()) <
                      0.5 * loss_tried(name + " strong", validation, FineTuneRecipe{});
    EXPECT_EQ(mild, name == "right");
    const auto trained = best(name, validation, watch);
    ASSERT_TRUE(trained) << trained.error().what;
    EXPECT_GT(trained->curve.size(), 10U);
    EXPECT_EQ(weights(name), weights(name + (mild ? "/mild" : "/strong")));
  }

  StopAfterTrials stop;
  ASSERT_FALSE(best("broken", validation_, stop));
  EXPECT_FALSE(fs::exists(folder("broken") / "weights.pt"));
  ASSERT_TRUE(best("broken", validation_, watch));
  EXPECT_EQ(weights("right"), weights("broken"));
}

TEST_F(FineTuning, WithoutValidationPicturesTheStrongRecipeTrainsToItsEnd) {
  settings_.epochs = 2;
  Watch watch;
  const auto trained = fine_tune_best(examples_, {}, settings_, backbone_, folder("best"), watch);
  ASSERT_TRUE(trained) << trained.error().what;
  EXPECT_EQ(trained->curve.size(), 2U);
  ASSERT_TRUE(fine_tune(examples_, {}, settings_, backbone_, FineTuneRecipe{}, folder("strong"), watch));
  EXPECT_EQ(weights("best"), weights("strong"));
}

TEST_F(FineTuning, TwoAndThreePicturesGiveANetThatKnowsThem) {
  settings_.epochs = 12;
  Watch watch;
  for (const int count : {2, 3}) {  // one of each class; one more of the first
    examples_ = shapes(1, count);
    const std::string name = std::to_string(count);
    const auto trained = fine_tune_best(examples_, {}, settings_, backbone_, folder(name), watch);
    ASSERT_TRUE(trained) << trained.error().what;
    EXPECT_EQ(accuracy(folder(name), examples_), 1.0) << count;
  }
}

TEST_F(FineTuning, ValidationPicturesChooseTheEpochOfTheMildRecipeAlone) {
  EXPECT_TRUE(FineTuneRecipe{}.last_epoch);
  EXPECT_FALSE(mild_recipe().last_epoch);
  settings_.epochs = 6;
  Watch watch;
  const auto misled = misleading(validation_);  // prefers the first epochs, which know nothing yet
  for (const bool last : {false, true}) {
    FineTuneRecipe recipe = mild_recipe();
    recipe.last_epoch = last;
    const std::string name = last ? "last" : "preferred";
    const auto trained = fine_tune(examples_, misled, settings_, backbone_, recipe, folder(name), watch);
    ASSERT_TRUE(trained) << trained.error().what;
    EXPECT_EQ(trained->curve.size(), 6U);
    EXPECT_GT(trained->curve.front().validation_accuracy, trained->curve.back().validation_accuracy);
    ASSERT_TRUE(fine_tune(examples_, {}, settings_, backbone_, recipe, folder("alone-" + name), watch));
    EXPECT_EQ(weights(name) == weights("alone-" + name), last);
  }
}

TEST_F(FineTuning, BalanceRaisesTheScoresOfARareClass) {
  examples_ = rare_blue(1, 64, 4);
  settings_.epochs = 3;
  const auto mean_blue = [&](double balance, const std::string& name) {
    settings_.balance = balance;
    Watch watch;
    EXPECT_TRUE(fine_tune_best(examples_, {}, settings_, backbone_, folder(name), watch));
    return mean_score(folder(name), shapes(7, 40), 1);
  };
  const double without = mean_blue(0, "without");
  const double with = mean_blue(1, "with");
  EXPECT_LT(without, 0.4) << "half of these pictures are blue";
  EXPECT_GT(with, without + 0.05);
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
