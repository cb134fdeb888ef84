// A board's log of each layer's time.
#include "verbs/measure/measured_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/deploy.h"

namespace dew::verbs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

compiler::Plan three_steps() {
  compiler::Plan plan;
  plan.symbol = "p";
  plan.program.resize(3);
  plan.macs = 7;
  plan.weights_bytes = 5;
  return plan;
}

std::string begin(const std::string& counts) {
  return "dew_timing begin " + deploy::timing_mark(three_steps()) + " " + counts + "\n";
}

Result<MeasuredTimes> read(const std::string& log) {
  return read_measured(log, "log.txt", three_steps());
}

TEST(MeasuredLog, GivesMillisecondsOfOneInference) {
  const auto times =
      read(begin("10 1000000") + "dew_timing 0 1000\ndew_timing 1 20000\ndew_timing 2 0\ndew_timing end\n");
  ASSERT_TRUE(times) << times.error().what;
  EXPECT_THAT(times->steps, ElementsAre(0.1, 2.0, 0.0));
  EXPECT_EQ(times->unit(), "ms");
  EXPECT_DOUBLE_EQ(times->total(), 2.1);
  EXPECT_EQ(times->inferences, 10);
}

TEST(MeasuredLog, WithoutAClockItGivesCycles) {
  const auto times = read(
      begin("1 0") + "dew_timing 0 1\ndew_timing 1 18446744073709551615\ndew_timing 2 3\ndew_timing end");
  ASSERT_TRUE(times);
  EXPECT_EQ(times->unit(), "cycles");
  EXPECT_EQ(times->steps[2], 3);
}

TEST(MeasuredLog, TakesTheMedianOfBlocksAmongWhateverElseWasSent) {
  std::string log = "boot ok\r\n\xff\xfe\n";
  for (const char* ticks : {"100", "900", "300"})
    log += "12:00:01.123 -> " + begin("1 1000") + "temp 21 C\r\n[I] dew_timing 0 " + ticks +
           "\r\ndew_timing 1 1\r\ndew_timing 2 2\r\n12:00 dew_timing end\r\n";
  const auto times = read(log);
  ASSERT_TRUE(times) << times.error().what;
  EXPECT_THAT(times->steps, ElementsAre(300, 1, 2));
  EXPECT_EQ(times->blocks, 3);
  EXPECT_EQ(times->broken, 0);
}

TEST(MeasuredLog, LeavesBrokenBlocksOutAndCountsThem) {
  const std::string whole = "dew_timing 0 1\ndew_timing 1 1\ndew_timing 2 1\ndew_timing end\n";
  const auto times =
      read("dew_timing 2 9\ndew_timing end\n" + begin("1 1000") + "dew_timing 0 1\n" +  // cut off
           begin("1 1000") + "dew_timing 0 1\ndew_timing 1x 1\ndew_timing 2 1\ndew_timing end\n" +
           begin("0 1000") + whole + begin("1 1000") + whole + begin("1 1000"));
  ASSERT_TRUE(times) << times.error().what;
  EXPECT_EQ(times->blocks, 1);
  EXPECT_EQ(times->broken, 4);
  EXPECT_THAT(times->steps, ElementsAre(1, 1, 1));
}

TEST(MeasuredLog, OfAnotherNetIsRefused) {
  const auto times = read("x\ndew_timing begin p 3 8 5 00000000 1 1000\n");
  ASSERT_FALSE(times);
  EXPECT_EQ(times.error().fault, Fault::kUsage);
  EXPECT_EQ(times.error().where, "log.txt, line 2");
  EXPECT_THAT(times.error().what, HasSubstr("p 3 8 5"));
}

TEST(MeasuredLog, WithoutTimesSaysHowToMakeOne) {
  for (const std::string& log : {std::string(), std::string("hello\n"), begin("1 1000")}) {
    const auto times = read(log);
    ASSERT_FALSE(times);
    EXPECT_THAT(times.error().next, HasSubstr("dew_p_timing.h"));
  }
}

}  // namespace
}  // namespace dew::verbs
