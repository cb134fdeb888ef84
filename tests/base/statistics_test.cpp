// Against values from the literature.
#include "base/statistics.h"

#include <gtest/gtest.h>

namespace dew {
namespace {

// Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
TEST(Share, HasWilsonsInterval) {
  struct Case {
    int64_t hits, of;
    double low, high;
  };
  for (const Case& one : {Case{81, 263, .2553, .3662}, Case{15, 148, .0624, .1605}, Case{0, 20, 0, .1611},
                          Case{1, 29, .0061, .1718}}) {
    const Share share = share_of(one.hits, one.of);
    EXPECT_EQ(share.hits, one.hits);
    EXPECT_EQ(share.of, one.of);
    EXPECT_NEAR(share.low, one.low, 5e-5) << one.hits << " of " << one.of;
    EXPECT_NEAR(share.high, one.high, 5e-5) << one.hits << " of " << one.of;
  }
  EXPECT_NEAR(share_of(20, 20).low, 1 - .1611, 5e-5) << "as of 0, the other way round";
  EXPECT_EQ(share_of(20, 20).high, 1);
}

TEST(Share, OfNothingIsAnything) {
  EXPECT_EQ(share_of(0, 0).value(), 0);
  EXPECT_EQ(share_of(0, 0).low, 0);
  EXPECT_EQ(share_of(0, 0).high, 1);
}

// 7 of 25: Siegel, Nonparametric Statistics (1956), table D, .022 for one tail. 86 of 236: Agresti,
// Categorical Data Analysis (2002), the approval ratings of 10.1, whose exact p-value by R's mcnemar.exact
// is 3.716e-05.
TEST(SignTest, IsTheBinomialTestWithBothTails) {
  EXPECT_NEAR(sign_test(7, 18), 2 * .022, 1e-3);
  EXPECT_NEAR(sign_test(150, 86), 3.716e-5, 5e-9);
  EXPECT_NEAR(sign_test(8, 2), 2 * (1 + 10 + 45) / 1024.0, 1e-12);
  EXPECT_NEAR(sign_test(0, 5), 2 / 32.0, 1e-12);
  EXPECT_EQ(sign_test(18, 7), sign_test(7, 18));
}

TEST(SignTest, NoDifferenceIsNoEvidence) {
  EXPECT_EQ(sign_test(0, 0), 1);
  EXPECT_EQ(sign_test(4, 4), 1);
  EXPECT_NEAR(sign_test(5, 4), 1, 1e-12);
}

TEST(SignTest, LargeCountsNeitherUnderflowNorOverflow) {
  EXPECT_NEAR(sign_test(1300, 1200), 0.04767, 5e-5);
  EXPECT_LT(sign_test(1'000'000, 900'000), 1e-300);
  EXPECT_GE(sign_test(1'000'000, 900'000), 0);
}

}  // namespace
}  // namespace dew
