// Pictures without a label teach as well, where the validation pictures do not speak against it.
#include "student/unlabelled.h"

#include <gtest/gtest.h>

#include "shapes.h"

namespace dew::student {
namespace {

class Unlabelled : public testing::Test {
 protected:
  Unlabelled() {
    settings_.backbone = "bundled";
    settings_.epochs = 3;
    for (Example& example : unlabelled_) example.answer_class = 0;  // nobody may look at it
  }
  Result<Trained> train_in(const std::string& name, const std::vector<Example>& validation, Watch& watch) {
    return train_with_unlabelled(examples_, unlabelled_, validation, settings_, home_.path() / name, watch);
  }
  [[nodiscard]] std::string weights(const std::string& name) const {
    return read_file(home_.path() / name / "weights.pt").value();
  }

  const TemporaryFolder home_ = TemporaryFolder::create().value();
  const std::vector<Example> examples_ = shapes(2, 40);
  std::vector<Example> unlabelled_ = shapes(5, 64);
  TrainSettings settings_ = shape_settings();
  Watch watch_;
};

/// Asks for a stop in the last of the trainings.
class StopAtTheLast : public Watch {
 public:
  void begin(std::string_view what, int64_t /*total*/) override {
    if (what.starts_with("training")) ++trainings_;
  }
  [[nodiscard]] bool interrupted() const override { return trainings_ == 2; }

 private:
  int trainings_ = 0;
};

TEST_F(Unlabelled, TheNetLearnsFromThemAndResumes) {
  const auto trained = train_in("whole", {}, watch_);
  ASSERT_TRUE(trained) << trained.error().what;
  EXPECT_EQ(trained->unlabelled, 64U);
  ASSERT_TRUE(train(examples_, {}, settings_, home_.path() / "alone", watch_));
  EXPECT_NE(weights("whole"), weights("alone"));
  const std::vector<Example> judges = shapes(9, 60);
  const auto right = [&](const std::string& name) {
    const auto rows = predict(home_.path() / name, pictures_of(judges), watch_).value();
    int count = 0;
    for (size_t i = 0; i < rows.size(); ++i)
      count += (rows[i][1] > rows[i][0]) == (judges[i].answer_class == 1);
    return count;
  };
  EXPECT_GE(right("whole"), right("alone"));

  StopAtTheLast stop;
  ASSERT_FALSE(train_in("broken", {}, stop));
  ASSERT_TRUE(train_in("broken", {}, watch_));
  EXPECT_EQ(weights("broken"), weights("whole"));
}

TEST_F(Unlabelled, ValidationPicturesMaySpeakAgainstIt) {
  // By wrong answers the better net is the worse one.
  std::vector<Example> validation = shapes(6, 40);
  for (Example& example : validation) example.answer_class = 1 - example.answer_class;
  const auto trained = train_in("wrong", validation, watch_);
  ASSERT_TRUE(trained) << trained.error().what;
  ASSERT_TRUE(trained->labelled_alone && trained->with_unlabelled);
  const bool worse = (*trained->labelled_alone - *trained->with_unlabelled) * 40 > 1.5;
  EXPECT_EQ(trained->unlabelled, worse ? 0U : 64U);
  EXPECT_EQ(trained->validation_accuracy, worse ? *trained->labelled_alone : *trained->with_unlabelled);
}

TEST_F(Unlabelled, WhatBringsNothingIsLeftOutAndThatIsTold) {
  class Told : public Watch {
   public:
    void inform(const std::string& what) override { said += what; }
    std::string said;
  } told;
  const auto trained =
      train_with_unlabelled(shapes(1, 16), unlabelled_, {}, settings_, home_.path() / "nothing", told);
  ASSERT_TRUE(trained) << trained.error().what;
  EXPECT_EQ(trained->unlabelled, 0U);
  EXPECT_FALSE(trained->with_unlabelled) << "there is no second net";
  EXPECT_NE(told.said.find("64 pictures without a label are left out: of 16 with a label, held out, 16 are"),
            std::string::npos)
      << told.said;
}

TEST_F(Unlabelled, OnlyWhereTheyAreManyAndLabelsFew) {
  EXPECT_TRUE(learns_from_unlabelled(70, 1'000, settings_));
  EXPECT_TRUE(learns_from_unlabelled(500, 500, settings_));
  EXPECT_FALSE(learns_from_unlabelled(501, 2'000, settings_));
  EXPECT_FALSE(learns_from_unlabelled(70, 69, settings_));
  EXPECT_FALSE(learns_from_unlabelled(5, 19, settings_));
  settings_.backbone = "random";
  EXPECT_FALSE(learns_from_unlabelled(70, 1'000, settings_));
}

TEST(EpochsWithUnlabelled, AreFewerWherePicturesAreMany) {
  EXPECT_EQ(epochs_with_unlabelled(100, 30), 30);
  EXPECT_EQ(epochs_with_unlabelled(1'000, 30), 20);
  EXPECT_EQ(epochs_with_unlabelled(2'500, 30), 8);
  EXPECT_EQ(epochs_with_unlabelled(2'500, 3), 3);
}

}  // namespace
}  // namespace dew::student
