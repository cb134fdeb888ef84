// Training from random weights: it learns, it is reproducible, it resumes, and it says what is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "shapes.h"
#include "student/layout.h"
#include "student/weights.h"

namespace dew::student {
namespace {

std::string bytes_of(const fs::path& path) {
  return read_file(path).value();
}

/// Asks for a stop once it has been asked `calls` times.
class StopAfter : public Watch {
 public:
  explicit StopAfter(int calls) : calls_(calls) {}
  bool interrupted() const override { return ++asked_ > calls_; }

 private:
  int calls_;
  mutable int asked_ = 0;
};

class Listener : public Watch {
 public:
  void warn(const std::string& message) override { warnings.push_back(message); }
  void advance(int64_t done, std::string_view) override { last = done; }
  std::vector<std::string> warnings;
  int64_t last = 0;
};

double accuracy(const fs::path& folder, const std::vector<Example>& examples) {
  Watch watch;
  const auto rows = predict(folder, pictures_of(examples), watch).value();
  int right = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto best = std::max_element(rows[i].begin(), rows[i].end()) - rows[i].begin();
    right += best == examples[i].answer_class ? 1 : 0;
  }
  return right / static_cast<double>(examples.size());
}

class Training : public testing::Test {
 protected:
  const TemporaryFolder home_ = TemporaryFolder::create().value();
  const std::vector<Example> examples_ = shapes(1, 96);
  const std::vector<Example> validation_ = shapes(2, 20);
  TrainSettings settings_ = shape_settings();

  fs::path folder(const std::string& name) const { return home_.path() / name; }
  Result<Trained> train_in(const std::string& name) const {
    Watch watch;
    return train(examples_, validation_, settings_, folder(name), watch);
  }
};

TEST_F(Training, LearnsShapesAndInt8Agrees) {
  const auto trained = train_in("a");
  ASSERT_TRUE(trained) << trained.error().what;
  EXPECT_EQ(trained->curve.size(), 12U);
  EXPECT_EQ(trained->curve.back().epoch, 12);
  EXPECT_LT(trained->curve.back().train_loss, trained->curve.front().train_loss);
  EXPECT_GT(trained->images_per_second, 0);
  const auto test = shapes(3, 60);
  EXPECT_GE(accuracy(folder("a"), test), 0.9);
  EXPECT_NEAR(trained->validation_accuracy, accuracy(folder("a"), validation_), 1e-9);

  Watch watch;
  const auto graph = quantise(folder("a"), pictures_of(examples_), "shapes", {"red", "blue"}, watch);
  ASSERT_TRUE(graph) << graph.error().what;
  int right = 0;
  for (const Example& example : test) {
    std::vector<uint8_t> input = example.rgb;
    for (uint8_t& p : input) p = static_cast<uint8_t>(p - 128);
    const auto out = graph::interpret(*graph, input, graph::Rounding::kDew).value()[graph->outputs[0]];
    right +=
        (static_cast<int8_t>(out[1]) > static_cast<int8_t>(out[0]) ? 1 : 0) == example.answer_class ? 1 : 0;
  }
  EXPECT_NEAR(right / 60.0, accuracy(folder("a"), test), 0.04);
}

TEST_F(Training, TheSameSeedGivesTheSameNet) {
  settings_.epochs = 2;
  ASSERT_TRUE(train_in("a"));
  ASSERT_TRUE(train_in("b"));
  EXPECT_EQ(bytes_of(folder("a") / "weights.pt"), bytes_of(folder("b") / "weights.pt"));
  settings_.seed = 2;
  ASSERT_TRUE(train_in("c"));
  EXPECT_NE(bytes_of(folder("a") / "weights.pt"), bytes_of(folder("c") / "weights.pt"));
}

TEST_F(Training, GoesOnAfterAnInterruptAsIfThereHadBeenNone) {
  settings_.epochs = 3;
  const auto unbroken = train_in("a");
  ASSERT_TRUE(unbroken);
  // Six batches an epoch: in the first epoch, in the second, and at the very start of the third.
  for (const int calls : {3, 9, 12}) {
    StopAfter stop(calls);
    const std::string name = "b" + std::to_string(calls);
    const auto broken = train(examples_, validation_, settings_, folder(name), stop);
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().what, "interrupted");
    EXPECT_FALSE(fs::exists(folder(name) / "weights.pt"));
    const auto resumed = train_in(name);
    ASSERT_TRUE(resumed);
    EXPECT_EQ(bytes_of(folder("a") / "weights.pt"), bytes_of(folder(name) / "weights.pt")) << calls;
    ASSERT_EQ(resumed->curve.size(), 3U);
    for (size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(resumed->curve[i].epoch, unbroken->curve[i].epoch);
      EXPECT_EQ(resumed->curve[i].train_loss, unbroken->curve[i].train_loss);
      EXPECT_EQ(resumed->curve[i].validation_loss, unbroken->curve[i].validation_loss);
    }
  }
}

TEST_F(Training, DoesNotGoOnFromAnotherRunsCheckpoint) {
  settings_.epochs = 1;
  ASSERT_TRUE(train_in("a"));
  ASSERT_TRUE(train_in("b"));
  settings_.seed = 7;
  Listener listener;
  ASSERT_TRUE(train(examples_, validation_, settings_, folder("a"), listener));
  ASSERT_EQ(listener.warnings.size(), 1U);
  EXPECT_NE(listener.warnings[0].find("other settings"), std::string::npos);
  ASSERT_TRUE(train_in("fresh"));
  EXPECT_EQ(bytes_of(folder("a") / "weights.pt"), bytes_of(folder("fresh") / "weights.pt"));
  // Half a file, and one of another kind.
  const std::string whole = bytes_of(folder("b") / "checkpoint.pt");
  for (const std::string& bytes : {whole.substr(0, whole.size() / 2), std::string("not a checkpoint")}) {
    ASSERT_TRUE(write_file(folder("b") / "checkpoint.pt", bytes));
    Listener other;
    ASSERT_TRUE(train(examples_, validation_, settings_, folder("b"), other));
    EXPECT_EQ(other.warnings.size(), 1U);
    EXPECT_EQ(bytes_of(folder("b") / "weights.pt"), bytes_of(folder("fresh") / "weights.pt"));
  }
}

TEST_F(Training, LearnsFromThreePicturesWithoutValidation) {
  settings_.epochs = 40;  // a step each
  Watch watch;
  const auto trained = train(shapes(1, 3), {}, settings_, folder("a"), watch);
  ASSERT_TRUE(trained) << trained.error().what;
  EXPECT_LT(trained->curve.back().train_loss, 0.7 * trained->curve.front().train_loss);
  EXPECT_EQ(trained->curve[0].validation_loss, 0);
  EXPECT_EQ(trained->validation_accuracy, 0);
  EXPECT_EQ(predict(folder("a"), pictures_of(shapes(1, 3)), watch).value().size(), 3U);
}

TEST_F(Training, BalanceRaisesTheScoresOfARareClass) {
  settings_.epochs = 4;
  const auto mean_blue = [&](double balance, const std::string& name) {
    settings_.balance = balance;
    Watch watch;
    EXPECT_TRUE(train(rare_blue(1, 96, 6), {}, settings_, folder(name), watch));
    return mean_score(folder(name), shapes(7, 40), 1);
  };
  const double without = mean_blue(0, "without");
  const double with = mean_blue(1, "with");
  EXPECT_GT(with, without + 0.1);
}

TEST_F(Training, ZeroEpochsMeanTheUsualNumber) {
  EXPECT_EQ(usual_epochs("random"), 60);
  EXPECT_EQ(usual_epochs("bundled"), 30);
  settings_.net = "tiny";
  settings_.alpha = 0.25;
  settings_.epochs = 0;
  Watch watch;
  EXPECT_EQ(train(shapes(1, 4), {}, settings_, folder("a"), watch).value().curve.size(), 60U);
}

TEST_F(Training, SaysWhatIsWrongWithExamplesAndSettings) {
  Watch watch;
  const auto fault = [&](const std::vector<Example>& examples, const TrainSettings& settings) {
    const auto result = train(examples, {}, settings, folder("x"), watch);
    return result ? std::string("none") : result.error().what;
  };
  const auto has = [](const std::string& text) { return testing::HasSubstr(text); };
  EXPECT_THAT(fault({}, settings_), has("too few"));
  std::vector<Example> one_class = examples_;
  for (Example& example : one_class) example.answer_class = 0;
  EXPECT_THAT(fault(one_class, settings_), has("class 1"));
  std::vector<Example> outside = examples_;
  outside[3].answer_class = 2;
  EXPECT_THAT(fault(outside, settings_), has("class 2 of 2"));
  std::vector<Example> small = examples_;
  small[5].rgb.resize(100);
  EXPECT_THAT(fault(small, settings_), has("100 bytes"));
  const auto with = [&](const std::function<void(TrainSettings&)>& change) {
    TrainSettings settings = settings_;
    change(settings);
    return fault(examples_, settings);
  };
  EXPECT_THAT(with([](auto& s) { s.input = 50; }), has("50 pixels"));
  EXPECT_THAT(with([](auto& s) { s.alpha = 0; }), has("alpha"));
  EXPECT_THAT(with([](auto& s) { s.alpha = std::nan(""); }), has("alpha"));
  EXPECT_THAT(with([](auto& s) { s.epochs = -1; }), has("-1 epochs"));
  EXPECT_THAT(with([](auto& s) { s.batch = 1; }), has("batch of 1"));
  EXPECT_THAT(with([](auto& s) { s.classes = 1; }), has("1 classes"));
  EXPECT_THAT(with([](auto& s) { s.learning_rate = -1; }), has("learning rate"));
  EXPECT_THAT(with([](auto& s) { s.balance = 1.5; }), has("balance of 1.5"));
  EXPECT_FALSE(fs::exists(folder("x") / "weights.pt"));
}

TEST_F(Training, ALossThatIsNotANumberEndsIt) {
  settings_.learning_rate = 10;  // together they multiply the weights by -99 at every step
  settings_.weight_decay = 10;
  settings_.epochs = 40;
  const auto trained = train_in("a");
  ASSERT_FALSE(trained);
  EXPECT_THAT(trained.error().what, testing::HasSubstr("not a number"));
  EXPECT_FALSE(fs::exists(folder("a") / "weights.pt"));
}

TEST_F(Training, FilesThatHoldNoWeightsAreRefused) {
  settings_.epochs = 1;
  ASSERT_TRUE(train_in("a"));
  const fs::path path = folder("a") / "weights.pt";
  const std::string whole = bytes_of(path);
  Watch watch;
  const auto pictures = pictures_of(shapes(4, 2));
  for (const std::string& bytes :
       {std::string(), std::string("PK\x03\x04 nonsense"), whole.substr(0, 100),
        whole.substr(0, whole.size() - 30), bytes_of(folder("a") / "checkpoint.pt")}) {
    ASSERT_TRUE(write_file(path, bytes));
    const auto rows = predict(folder("a"), pictures, watch);
    ASSERT_FALSE(rows) << bytes.size();
    EXPECT_FALSE(rows.error().where.empty());
    EXPECT_FALSE(rows.error().next.empty());
  }
  fs::remove(path);
  EXPECT_FALSE(predict(folder("a"), pictures, watch));

  Weights weights;
  weights.architecture = mobilenet_v2(0.35, kShapeInput, 2);
  weights.parameters.assign(Layout(weights.architecture).parameters, 0.1F);
  weights.statistics.assign(Layout(weights.architecture).statistics, 1.0F);
  weights.parameters[1234] = std::numeric_limits<float>::quiet_NaN();
  ASSERT_TRUE(save_weights(folder("a"), weights));
  const auto rows = predict(folder("a"), pictures, watch);
  ASSERT_FALSE(rows);
  EXPECT_THAT(rows.error().what, testing::HasSubstr("not a number"));
}

}  // namespace
}  // namespace dew::student
