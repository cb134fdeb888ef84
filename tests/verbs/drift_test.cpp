#include "verbs/cascade/drift.h"

#include <gmock/gmock.h>

namespace dew::verbs {
namespace {

using ::testing::HasSubstr;

Looks looks(int64_t all, int64_t unknown, int64_t unsure = 0) {
  Looks made;
  made.looks = all;
  made.unknown = unknown;
  made.unsure = unsure;
  return made;
}

TEST(Drift, IsWhatChanceAndAnotherMixOfClassesOrCamerasCannotDo) {
  const std::vector<Looks> usual = {looks(100, 3, 5), looks(100, 4, 2)};
  const auto drift = drift_of(looks(100, 40), usual);
  ASSERT_TRUE(drift);
  EXPECT_EQ(drift->what, "unknown");
  EXPECT_DOUBLE_EQ(drift->share, 0.4);
  EXPECT_NEAR(drift->low, 0.317, 0.002);     // Clopper and Pearson's table for 40 of 100, one-sided 95 %
  EXPECT_NEAR(drift->usual, 0.0892, 0.002);  // and for 4 of 100
  EXPECT_THAT(drift_text(*drift), HasSubstr("does not know 40 %"));
  EXPECT_FALSE(drift_of(looks(100, 12), usual)) << "may be chance";
  EXPECT_FALSE(drift_of(looks(100, 40), {looks(100, 3), looks(100, 45)}))
      << "a camera that sees one class only";
  const auto unsure = drift_of(looks(100, 0, 50), usual);
  ASSERT_TRUE(unsure);
  EXPECT_EQ(unsure->what, "unsure");
}

TEST(Drift, SaysNothingOfTooLittle) {
  const std::vector<Looks> usual = {looks(100, 3)};
  EXPECT_FALSE(drift_of(looks(29, 29), usual));
  EXPECT_FALSE(drift_of(looks(100, 100), {}));
  EXPECT_FALSE(drift_of(looks(100, 100), {looks(9, 0)})) << "nine pictures are nothing to compare with";
}

TEST(Drift, CountsLooksByTheHighestScore) {
  std::vector<EventClass> events(2);
  events[0].rule = {"yes", 0.6, 0.4};
  events[1].rule = {"dog", 0.6, 0.4};
  Looks seen;
  add_look(seen, {{10, 255}, {}, true}, events);
  add_look(seen, {{120, 0}, {}, false}, events);
  EXPECT_EQ(seen.looks, 2);
  EXPECT_EQ(seen.unknown, 1);
  EXPECT_EQ(seen.unsure, 1);
  EXPECT_EQ(seen.histogram[9], 1);
  EXPECT_EQ(seen.histogram[4], 1);
}

}  // namespace
}  // namespace dew::verbs
