#include "compare/findings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "compare/random.h"

namespace dew::compare {
namespace {

constexpr size_t kPictures = 240;
constexpr size_t kSeeds = 5;

/// Pictures of three classes, some harder than others; nets fail on the hard ones, by chance.
struct World {
  Observed seen;
  HoleSearch search;
  std::vector<double> hardness;
};

World world(uint64_t seed) {
  World result;
  Random random(seed);
  Observed& seen = result.seen;
  seen.classes = {"tit", "robin", "none"};
  result.search.columns = 4;
  for (size_t i = 0; i < kPictures; ++i) {
    seen.gold.push_back(static_cast<int>(i % 3));
    seen.group.push_back(static_cast<int64_t>(i));
    seen.fold.push_back(static_cast<int>(i / 3 % 2));
    result.hardness.push_back(random.unit() < 0.3 ? 0.5 : 0.05);
    for (size_t c = 0; c < 4; ++c)
      result.search.features.push_back(static_cast<float>((c == i % 3 ? 2 : 0) + random.unit()));
  }
  seen.label_a = seen.label_b = seen.gold;
  return result;
}

/// An arm whose nets are wrong about a picture as often as `hardness` says, always the same way.
Said arm(const World& world, const std::vector<double>& hardness, uint64_t seed) {
  Random random(seed);
  Said said(kSeeds);
  for (auto& net : said)
    for (size_t i = 0; i < kPictures; ++i)
      net.push_back(random.unit() < hardness[i] ? (world.seen.gold[i] + 1) % 3 : world.seen.gold[i]);
  return said;
}

Findings findings_of(const World& world) {
  Findings findings;
  findings.pictures = std::ssize(world.seen.gold);
  findings.seeds = world.seen.a.size();
  findings.accuracy = accuracy_of(world.seen, 1);
  findings.variance = variance_of(world.seen, 1);
  findings.consistency = consistency_of(world.seen, 1);
  findings.inheritance = inheritance_of(world.seen, 1);
  HoleSearch search = world.search;
  search.most = 60;
  findings.holes = holes_of(world.seen, search);
  conclude(findings, world.seen);
  return findings;
}

const Verdict& verdict(const Findings& findings, const std::string& key) {
  return *std::find_if(findings.verdicts.begin(), findings.verdicts.end(),
                       [&](const Verdict& one) { return one.key == key; });
}

TEST(Findings, NothingWhereNothingIs) {
  int different = 0;
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    World same = world(seed);
    same.seen.a = arm(same, same.hardness, 100 * seed);
    same.seen.b = arm(same, same.hardness, 100 * seed + 1);
    same.seen.noise = arm(same, same.hardness, 100 * seed + 2);
    for (const Verdict& one : findings_of(same).verdicts) different += one.different ? 1 : 0;
  }
  EXPECT_LE(different, 1);
}

TEST(Findings, AHoleIsFound) {
  World holed = world(3);
  std::vector<double> worse = holed.hardness;
  std::vector<size_t> slice;
  for (size_t i = 0; i < kPictures; i += 3)
    if (i % 2 == 0) {  // half of the tits, which lie elsewhere among the features
      worse[i] = 0.95;
      slice.push_back(i);
      holed.search.features[i * 4 + 3] += 3;
    }
  holed.search.reasons.assign(kPictures, "a bird on a branch");
  for (const size_t i : slice) holed.search.reasons[i] = "a blurred bird at the feeder";
  holed.seen.a = arm(holed, worse, 1);
  holed.seen.b = arm(holed, holed.hardness, 2);
  const Findings findings = findings_of(holed);
  EXPECT_TRUE(verdict(findings, "accuracy").different);
  EXPECT_TRUE(verdict(findings, "holes").different);
  ASSERT_FALSE(findings.holes.slices.empty());
  const Hole& first = findings.holes.slices[0];
  const auto hits = std::count_if(first.pictures.begin(), first.pictures.end(), [&](size_t i) {
    return std::find(slice.begin(), slice.end(), i) != slice.end();
  });
  EXPECT_GT(2 * hits, std::ssize(first.pictures));
  EXPECT_GT(first.gap, 0.5);
  EXPECT_NE(first.name.find("feeder"), std::string::npos) << first.name;
  EXPECT_LT(findings.accuracy.classes[0].difference->high, 0);
  const std::string answer = answer_of(findings, "gpt-4o", "people");
  EXPECT_NE(answer.find("points (95 % interval"), std::string::npos) << answer;
  EXPECT_NE(answer.find("fewer."), std::string::npos) << answer;
  EXPECT_NE(answer.find("fail on a slice of"), std::string::npos) << answer;
}

TEST(Findings, InheritedMistakesAreInTheAnswer) {
  World plain = world(4);
  plain.seen.a = arm(plain, plain.hardness, 1);
  plain.seen.b = arm(plain, plain.hardness, 2);
  Findings findings = findings_of(plain);
  const std::string sentence = "repeat the mistakes in their labels more often than random ones";
  EXPECT_EQ(answer_of(findings, "x", "people").find(sentence), std::string::npos);
  findings.inheritance.beyond_noise.emplace();
  findings.inheritance.beyond_noise->value = 0.4;
  for (Verdict& one : findings.verdicts)
    if (one.key == "inheritance") one.different = true;
  EXPECT_NE(answer_of(findings, "x", "people").find(sentence), std::string::npos);
}

TEST(Findings, MistakesThatBothSidesInheritTellNothingOfA) {
  World plain = world(4);
  plain.seen.a = arm(plain, plain.hardness, 1);
  plain.seen.b = arm(plain, plain.hardness, 2);
  Findings findings = findings_of(plain);
  findings.inheritance.beyond_noise.emplace();
  findings.inheritance.beyond_noise->chance = 0.0001;
  findings.inheritance.beyond_b.emplace();
  const auto chance_now = [&] {
    conclude(findings, plain.seen);
    for (const Verdict& one : findings.verdicts)
      if (one.key == "inheritance") return one.chance.value_or(-1);
    return -2.0;
  };
  const auto chance = [&](double beyond_b) {
    findings.inheritance.beyond_b->chance = beyond_b;
    return chance_now();
  };
  EXPECT_EQ(chance(0.8), 0.8);
  EXPECT_EQ(chance(0.00001), 0.0001);
  findings.inheritance.beyond_b.reset();
  EXPECT_EQ(chance_now(), -1) << "without B's nets nothing is told";
}

TEST(Findings, ArmsThatErrOnOtherPicturesAreTold) {
  World apart = world(4);
  std::vector<double> other = apart.hardness;
  std::rotate(other.begin(), other.begin() + 7, other.end());
  apart.seen.a = arm(apart, apart.hardness, 1);
  apart.seen.b = arm(apart, other, 2);
  const Findings findings = findings_of(apart);
  EXPECT_TRUE(verdict(findings, "errors").different);
  EXPECT_GT(findings.consistency.within_a->value, findings.consistency.between->value + 0.1);
  EXPECT_FALSE(findings.consistency.labels) << "label sets without errors";
}

TEST(Findings, PoolingInflatesConsistency) {
  World uneven = world(5);
  for (size_t i = 0; i < kPictures; ++i) uneven.hardness[i] = i % 3 == 0 ? 0.8 : 0.05;  // a class by itself
  uneven.seen.a = arm(uneven, uneven.hardness, 1);
  uneven.seen.b = arm(uneven, uneven.hardness, 2);
  const Consistency told = consistency_of(uneven.seen, 1);
  EXPECT_NEAR(told.between->value, 0, 0.06);
  EXPECT_GT(told.between_pooled->value, 0.4);
}

/// Four pictures of class 0; the teacher calls the last two 1.
TEST(Findings, InheritanceByHand) {
  Observed seen;
  seen.classes = {"a", "b", "c"};
  seen.gold = {0, 0, 0, 0};
  seen.group = {1, 2, 3, 4};
  seen.fold = {0, 0, 0, 0};
  seen.label_a = {0, 0, 1, 1};
  seen.label_b = {0, 0, 0, 0};
  seen.a = {{0, 2, 1, 0}, {0, 0, 1, 2}};  // repeats 2 of 4, smooths 1, adds 1 of 4
  seen.b = {{0, 0, 0, 0}, {0, 0, 0, 1}};  // repeats 1 of 4
  seen.noise = seen.b;
  const Inheritance told = inheritance_of(seen, 1);
  EXPECT_EQ(told.wrong, 2);
  EXPECT_EQ(told.right, 2);
  EXPECT_NEAR(told.repeated_a->value, 0.5, 1e-6);
  EXPECT_NEAR(told.smoothed_a->value, 0.25, 1e-6);
  EXPECT_NEAR(told.added_a->value, 0.25, 1e-6);
  EXPECT_NEAR(told.repeated_b->value, 0.25, 1e-6);
  EXPECT_NEAR(told.beyond_noise->value, 0.25, 1e-6);
  EXPECT_NEAR(told.beyond_b->value, 0.25, 1e-6);
  Observed alike = seen;
  alike.b = alike.a;
  EXPECT_NEAR(inheritance_of(alike, 1).beyond_b->value, 0, 1e-6) << "both sides inherit: A no more than B";
  ASSERT_EQ(told.pairs.size(), 1U);
  EXPECT_EQ(told.pairs[0].pictures, 2);
  EXPECT_NEAR(told.pairs[0].repeats_a, 0.5, 1e-6);
}

TEST(Findings, DriftByHand) {
  ObservedDrift seen;
  seen.name = "corruptions";
  seen.gold = {0, 0, 1, 1};
  seen.group = {1, 2, 3, 4};
  const Said right{{0, 0, 1, 1}, {0, 0, 1, 1}};
  const Said half{{0, 0, 0, 0}, {0, 0, 0, 0}};
  seen.clean = {"clean", "", 0, right, right, {}};
  seen.conditions = {{"fog", "weather", 1, half, right, {}},
                     {"fog", "weather", 2, half, half, {}},
                     {"dark", "camera", 1, half, half, {}}};
  const DriftFindings told = drift_of(seen, 1);
  EXPECT_EQ(told.pictures, 4);
  EXPECT_NEAR(told.loss_a->value, 0.5, 1e-6);
  EXPECT_NEAR(told.loss_b->value, 0.25, 1e-6);
  EXPECT_NEAR(told.area->value, 0.25, 1e-6) << "a camera's shifts are not in the mean";
  ASSERT_EQ(told.curve.size(), 3U);
  EXPECT_EQ(told.curve[0].severity, 0);
  EXPECT_NEAR(told.curve[2].b->value, 0.5, 1e-6);
  ASSERT_EQ(told.lines.size(), 2U);
  EXPECT_NEAR(told.lines[0].difference->value, 0.25, 1e-6);
}

TEST(Findings, AShiftedSetStandsBesideTheCleanOne) {
  ObservedDrift seen;
  seen.name = "night";
  seen.gold = {0, 1, 0, 1, 0, 1};
  seen.group = {1, 2, -1, -2, -3, -4};
  seen.clean = {"clean", "", 0, {{0, 1, -1, -1, -1, -1}}, {{0, 1, -1, -1, -1, -1}}, {}};
  seen.conditions = {{"night", "shifted", 0, {{-1, -1, 0, 0, 0, 0}}, {{-1, -1, 0, 1, 0, 1}}, {}}};
  const DriftFindings told = drift_of(seen, 1);
  EXPECT_EQ(told.pictures, 4);
  EXPECT_NEAR(told.loss_a->value, 0.5, 1e-6);
  EXPECT_NEAR(told.loss_b->value, 0, 1e-6);
}

TEST(Findings, MoreLabelsHelpOrNot) {
  World some = world(6);
  some.seen.a = arm(some, std::vector<double>(kPictures, 0.1), 1);
  some.seen.b = some.seen.a;
  SaidByPart part{0.5, 60, arm(some, std::vector<double>(kPictures, 0.3), 2), some.seen.b};
  const LearningCurve told = curve_of(some.seen, {part}, 120, 1);
  ASSERT_EQ(told.parts.size(), 2U);
  EXPECT_EQ(told.parts[1].pictures, 120);
  EXPECT_GT(told.gain_a->low, 0.1);
  EXPECT_EQ(told.gain_b->value, 0);
  EXPECT_GT(told.gain->low, 0.1);
}

std::string all_of(const std::vector<std::string>& sentences) {
  return std::accumulate(sentences.begin(), sentences.end(), std::string());
}

TEST(Findings, SaysWhatCannotBeConcluded) {
  Observed seen;
  seen.classes = {"tit", "robin", "none"};
  for (size_t i = 0; i < 24; ++i) {
    seen.gold.push_back(static_cast<int>(i % 2));
    seen.group.push_back(static_cast<int64_t>(i));
    seen.fold.push_back(0);
  }
  seen.label_a.assign(24, 0);
  seen.label_b = seen.gold;
  seen.a = {seen.gold};
  seen.b = {std::vector<int>(24, 0)};
  Findings findings;
  findings.pictures = 24;
  findings.seeds = 1;
  findings.accuracy = accuracy_of(seen, 1);
  findings.variance = variance_of(seen, 1);
  findings.consistency = consistency_of(seen, 1);
  findings.inheritance = inheritance_of(seen, 1);
  findings.holes = holes_of(seen, {});
  conclude(findings, seen);
  const std::string text = all_of(findings.cannot);
  for (const char* part :
       {"--seeds 5", "matched noise", "Error consistency", "50 tested pictures",
        "hardly better than always saying", "No tested picture shows none", "A never says robin"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  EXPECT_FALSE(verdict(findings, "errors").different);
  EXPECT_FALSE(verdict(findings, "errors").chance);
}

TEST(Findings, SaysHowManyPicturesItWouldTake) {
  World few = world(7);
  few.seen.a = arm(few, few.hardness, 1);
  few.seen.b = arm(few, few.hardness, 2);
  const std::string text = all_of(findings_of(few).cannot);
  EXPECT_NE(text.find("for one of 2.0 points it takes about"), std::string::npos) << text;
}

TEST(Findings, NoPicturesOfDifferentSourcesNoConclusion) {
  World one = world(8);
  one.seen.a = arm(one, one.hardness, 1);
  one.seen.b = arm(one, one.hardness, 2);
  one.seen.group.assign(kPictures, 1);
  const Findings findings = findings_of(one);
  EXPECT_EQ(answer_of(findings, "x", "y"), "Nothing can be concluded: there are too few tested pictures.");
  for (const Verdict& told : findings.verdicts) EXPECT_TRUE(!told.chance || told.key == "holes") << told.key;
}

}  // namespace
}  // namespace dew::compare
