// Temperature scaling, reliability, scores against gold, on answers made by a known law.
#include "label/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "label/gold.h"

namespace dew::label {
namespace {

/// `count` answers that say a confidence of sigmoid(T x) and are right with probability sigmoid(x).
std::vector<Judged> overconfident(double temperature, int count, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> chance(0, 1);
  std::uniform_real_distribution<double> logits(-1, 4);
  std::vector<Judged> judged;
  for (int i = 0; i < count; ++i) {
    const double x = logits(random);
    const int said = i % 3;
    const bool right = chance(random) < 1 / (1 + std::exp(-x));
    judged.push_back({i + 1, right ? said : (said + 1) % 3, said, 1 / (1 + std::exp(-temperature * x))});
  }
  return judged;
}

TEST(Calibration, FindsTheTemperatureThatMadeTheAnswers) {
  for (const double temperature : {0.5, 1.0, 3.0}) {
    const auto fitted = fit_calibration({}, overconfident(temperature, 5000, 1), 3);
    ASSERT_TRUE(fitted);
    EXPECT_NEAR(*fitted->temperature, temperature, 0.1 * temperature);
  }
}

TEST(Calibration, MakesTheErrorSmallOnAnswersItDidNotSee) {
  const auto judged = overconfident(4, 1000, 2);
  const double before = reliability(judged).error;
  const double after = reliability(calibrated_by_others(judged, 3)).error;
  EXPECT_GT(before, 0.1);
  EXPECT_LT(after, 0.05);
  EXPECT_EQ(reliability(calibrated_by_others(judged, 3)).samples, 1000);
}

TEST(Calibration, TooFewTellNothing) {
  auto judged = overconfident(2, static_cast<int>(kEnoughGold), 3);
  EXPECT_TRUE(fit_calibration({}, judged, 3));
  judged.pop_back();
  EXPECT_FALSE(fit_calibration({}, judged, 3));
  EXPECT_EQ(calibrated_by_others(judged, 3)[0].confidence, judged[0].confidence);
  EXPECT_FALSE(fit_calibration({}, {}, 3));
}

TEST(Calibration, ATeacherThatWasNeverWrongIsNotCertain) {
  std::vector<Judged> judged;
  for (int i = 0; i < 40; ++i) judged.push_back({i, 0, 0, 0.99});
  const auto fitted = fit_calibration({}, judged, 2);
  ASSERT_TRUE(fitted);
  EXPECT_NEAR(*fitted->of(0, 0.99), 41.0 / 42, 0.005);
  const auto told_nothing = [&] {
    for (Judged& one : judged) one.confidence.reset();
    return fit_calibration({}, judged, 2);
  }();
  EXPECT_FALSE(told_nothing->temperature);
  EXPECT_LT(*told_nothing->of(0, std::nullopt), 1);
  EXPECT_GT(*told_nothing->of(0, std::nullopt), 0.95);
}

TEST(Calibration, WithoutConfidenceTheClassTells) {
  std::vector<Judged> judged;  // class 0: right 9 of 10; class 1: 1 of 2
  for (int i = 0; i < 400; ++i) {
    const int said = i % 2;
    const bool right = i / 2 % 10 < (said == 0 ? 9 : 5);
    judged.push_back({i, right ? said : 1 - said, said, std::nullopt});
  }
  const auto fitted = fit_calibration({}, judged, 2);
  ASSERT_TRUE(fitted);
  EXPECT_NEAR(*fitted->of(0, std::nullopt), 0.9, 0.06);
  EXPECT_NEAR(*fitted->of(1, std::nullopt), 0.5, 0.09);
  EXPECT_FALSE(fitted->of(2, std::nullopt)) << "a class that is not there";
  EXPECT_FALSE(fitted->of(0, 0.8)) << "no temperature was learnt";
  EXPECT_LT(reliability(calibrated_by_others(judged, 2)).error, 0.06);
}

TEST(Calibration, ClassesThatDoNotDifferAreDrawnTogether) {
  std::vector<Judged> judged;  // every class right 9 of 10, twenty classes
  for (int i = 0; i < 400; ++i)
    judged.push_back({i, i / 20 % 10 == 9 ? (i + 1) % 20 : i % 20, i % 20, std::nullopt});
  const auto fitted = fit_calibration({}, judged, 20);
  EXPECT_GE(fitted->drawn, 64);
}

TEST(Calibration, ComesBackAsItWasKept) {
  const Voter voter{"openai", "gpt-4o", "abc"};
  const auto fitted = fit_calibration(voter, overconfident(2, 100, 5), 3);
  const auto back = calibrations_of(to_text({*fitted}));
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(back[0].voter, voter);
  EXPECT_EQ(back[0].temperature, fitted->temperature);
  EXPECT_EQ(back[0].of(1, std::nullopt), fitted->of(1, std::nullopt));
  const auto calibrate = calibrate_by(back);
  EXPECT_EQ(calibrate(voter, 0, 0.8), fitted->of(0, 0.8));
  EXPECT_FALSE(calibrate({"openai", "another", "abc"}, 0, 0.8));
  for (const char* damaged : {"", "[]", "{}", "[1]", R"([{"teacher": 3}])", "no json"})
    EXPECT_TRUE(calibrations_of(damaged).empty()) << damaged;
}

TEST(Reliability, CountsByTenthsOfConfidence) {
  const auto table = reliability({{1, 0, 0, .95}, {2, 0, 1, .95}, {3, 0, 0, .35}, {4, 0, 0, std::nullopt}});
  ASSERT_EQ(table.bins.size(), 2U);
  EXPECT_EQ(table.samples, 3);
  EXPECT_EQ(table.bins[1].samples, 2);
  EXPECT_EQ(table.bins[1].right, 1);
  EXPECT_NEAR(table.error, (2 * .45 + .65) / 3, 1e-9);
  EXPECT_EQ(reliability({}).samples, 0);
}

TEST(Duel, IsTheExactSignTest) {
  Score a;
  Score b;
  for (int i = 0; i < 20; ++i) {
    a.judged.push_back({i, 0, i < 8 ? 0 : 1, {}});
    b.judged.push_back({i, 0, i == 8 ? 0 : 1, {}});
  }
  b.judged.push_back({99, 0, 0, {}});
  const PairedComparison duel = compare(a, b);
  EXPECT_EQ(duel.both, 20);
  EXPECT_EQ(duel.only_first, 8);
  EXPECT_EQ(duel.only_second, 1);
  EXPECT_NEAR(duel.chance, 2 * (1 + 9) / 512.0, 1e-12);
  EXPECT_EQ(compare(a, a).chance, 1);
}

}  // namespace
}  // namespace dew::label
