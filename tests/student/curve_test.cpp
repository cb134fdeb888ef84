// The learning curve and the schedules of rates and averages.
#include "student/curve.h"

#include <gtest/gtest.h>

#include "student/schedule.h"

namespace dew::student {
namespace {

/// Validation accuracies and losses, epoch by epoch.
std::vector<EpochFigures> curve_of(const std::vector<std::pair<double, double>>& figures) {
  std::vector<EpochFigures> curve;
  for (const auto& [accuracy, loss] : figures)
    curve.push_back({static_cast<int>(curve.size()) + 1, 0, 0, loss, accuracy});
  return curve;
}

TEST(Curve, TheBestEpochIsTheMostAccurateThenTheOneWithTheLeastLossThenTheLatest) {
  EXPECT_EQ(best_epoch({}), -1);
  EXPECT_EQ(best_epoch(curve_of({{0.5, 1}, {0.9, 0.8}, {0.8, 0.1}})), 1);
  EXPECT_EQ(best_epoch(curve_of({{0.9, 0.7}, {0.9, 0.5}, {0.9, 0.6}})), 1);
  EXPECT_EQ(best_epoch(curve_of({{0.9, 0.5}, {0.9, 0.5}, {0.9, 0.5}})), 2);
  EXPECT_EQ(best_epoch(curve_of({{0, 0}, {0, 0}})), 1) << "without validation the last one";
}

TEST(Curve, TheMeanLossIsOfTheEpochsBeforeAnEnd) {
  const auto curve = curve_of({{0.9, 8}, {0.9, 1}, {0.9, 2}, {0.9, 6}, {0.9, 100}});
  EXPECT_DOUBLE_EQ(mean_validation_loss(curve, 4, 3), 3);
  EXPECT_DOUBLE_EQ(mean_validation_loss(curve, 4, 1), 6);
  EXPECT_DOUBLE_EQ(mean_validation_loss(curve, 2, 9), 4.5);
  EXPECT_DOUBLE_EQ(mean_validation_loss(curve, 9, 2), 53);  // fewer than asked for
  EXPECT_DOUBLE_EQ(mean_validation_loss({}, 3, 1), 0);
}

TEST(Schedule, RisesInALineAndFallsAlongACosine) {
  const CosineSchedule schedule{0.4, 100, 0.1, 0.25};
  EXPECT_DOUBLE_EQ(schedule.rate(0), 0.4 / 11);
  EXPECT_DOUBLE_EQ(schedule.rate(9), 0.4 * 10 / 11);
  EXPECT_DOUBLE_EQ(schedule.rate(10), 0.4);
  EXPECT_DOUBLE_EQ(schedule.rate(55), 0.4 * (0.25 + 0.75 / 2));
  EXPECT_DOUBLE_EQ(schedule.rate(100), 0.1);
  const CosineSchedule plain{2, 10};
  EXPECT_DOUBLE_EQ(plain.rate(0), 2);
  EXPECT_NEAR(plain.rate(10), 0, 1e-12);
}

TEST(Schedule, TheAverageSpansAPartOfTheStepsButNoMoreThanANinthOfThoseDone) {
  EXPECT_EQ(average_decay(0.05, 10, 40, 0), 0.0);
  EXPECT_EQ(average_decay(0.05, 10, 40, 9), 0.0);
  EXPECT_DOUBLE_EQ(average_decay(0.05, 10, 40, 90), 0.9);
  EXPECT_DOUBLE_EQ(average_decay(0.05, 10, 40, 400), 0.95);
}

}  // namespace
}  // namespace dew::student
