// What is left of all trainings, by a clock of the test's own.
#include "verbs/train/time_left.h"

#include <gtest/gtest.h>

namespace dew::verbs {
namespace {

class NotedWatch : public Watch {
 public:
  void begin(std::string_view what, int64_t) override { begun.emplace_back(what); }
  void advance(int64_t, std::string_view note) override { last = note; }
  std::vector<std::string> begun;
  std::string last;
};

TEST(TimeLeft, CountsAllStagesThatAreToCome) {
  NotedWatch shown;
  double now = 0;
  // Trials of 10 epochs, 20 more of the net, two folds of 55 pictures: 2 x 1000 + 2000 + 2 x 1650.
  TimeLeft watch(shown, stages_of({100, 10, 30, false, 2}), [&now] { return now; });
  const auto run = [&](std::string_view what, int64_t first, int64_t last, double seconds_an_epoch) {
    watch.begin(what, last);
    watch.advance(first, "resuming");
    for (int64_t done = first + 1; done <= last; ++done) {
      now += seconds_an_epoch;
      watch.advance(done, "loss 1");
    }
    watch.end();
  };
  run("trying strong augmentation", 0, 10, 1);
  EXPECT_EQ(shown.last, "loss 1, about 2 min left in all") << "6,300 of 100 a second";
  watch.begin("computing features", 500);
  watch.advance(20, "");
  EXPECT_EQ(shown.last, "") << "no training";
  run("trying mild augmentation", 0, 10, 1);
  run("training with strong augmentation", 10, 30, 1);
  EXPECT_EQ(shown.last, "loss 1, about 40 s left in all") << "3,300 of 100 a second";
  run("training with strong augmentation", 0, 15, 0.55);
  EXPECT_EQ(shown.last, "loss 1, about 30 s left in all");
  run("training with strong augmentation", 0, 30, 0.55);
  EXPECT_EQ(shown.last, "loss 1") << "that was all";
}

TEST(TimeLeft, ATrialThatWasDoneBeforeDoesNotCount) {
  NotedWatch shown;
  double now = 0;
  TimeLeft watch(shown, stages_of({100, 10, 30, false, 0}), [&now] { return now; });
  watch.begin("training with mild augmentation", 30);
  watch.advance(28, "");
  now = 5;
  watch.advance(29, "");
  EXPECT_EQ(shown.last, "about 10 s left in all");
}

TEST(TimeLeft, TheNetThatLearnsFromUnlabelledPicturesIsCounted) {
  const auto stages = stages_of({100, 10, 30, false, 2, 900});
  ASSERT_EQ(stages.size(), 6U) << "two trials, the net, its pupil, two folds";
  EXPECT_EQ(stages[2].pictures, 100);
  EXPECT_EQ(stages[3].pictures, 1000);
  EXPECT_EQ(stages[3].epochs, 20);
}

TEST(TimeLeft, FromRandomWeightsNothingIsTried) {
  const auto stages = stages_of({100, 10, 60, true, 2});
  ASSERT_EQ(stages.size(), 3U);
  EXPECT_EQ(stages[0].epochs, 60);
  EXPECT_EQ(stages[0].first, 0);
  EXPECT_EQ(stages[2].pictures, 55);
}

}  // namespace
}  // namespace dew::verbs
