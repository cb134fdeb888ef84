// dewdrop train within limits: the net keeps to them when it is compiled, or the error says what would be
// needed.
#include "tests/support/command.h"
#include "tests/support/shapes.h"
#include "tests/support/tools.h"

namespace dew::testing {
namespace {

class Fit : public ::testing::Test {
 protected:
  void SetUp() override {
    write_discs(command_.folder() / "pictures", 40);
    ASSERT_EQ(
        command_.run({"new", "p", "--ask", "Is there a disc?", "--classes", "yes,no", "--unsure", "unsure"})
            .status,
        0);
    ASSERT_EQ(command_.run({"add", "../pictures"}, "p").status, 0);
    ASSERT_EQ(command_.run({"label", "--teacher", "replay:../pictures/answers.jsonl"}, "p").status, 0);
  }
  const Command command_;
};

TEST_F(Fit, ANetChosenByHandAndLimitsExcludeEachOther) {
  expect_error(command_.run({"train", "--ram", "64K", "--net", "tiny"}, "p"), 2, "leave out --net");
}

TEST_F(Fit, RowsNeedALimitOfRam) {
  expect_error(command_.run({"train", "--rows"}, "p"), 2, "--ram 24K --rows");
}

TEST_F(Fit, TheErrorSaysWhatTheSmallestNetNeeds) {
  if (!have_board_tools()) GTEST_SKIP() << kNoBoardTools;
  const Ran ran = command_.run({"train", "--ram", "2K", "--json"}, "p");
  expect_error(ran, 1, "no net is within these limits");
  const std::string where = ran.json()["error"]["where"].get<std::string>();
  EXPECT_NE(where.find(", 32 px, needs "), std::string::npos) << where;
  EXPECT_NE(where.find(" B of RAM"), std::string::npos) << where;
  EXPECT_FALSE(ran.json()["error"]["next"].get<std::string>().empty());
}

TEST_F(Fit, TheNetKeepsToTheLimitsWhenItIsCompiled) {
  if (!have_board_tools()) GTEST_SKIP() << kNoBoardTools;
  const Ran ran = command_.run({"train", "--ram", "16K", "--flash", "48K", "--epochs", "2", "--json"}, "p");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_GE(ran.json()["candidates"].size(), 2U) << ran.out;
  const Ran compiled = command_.run({"compile", "--json"}, "p");
  ASSERT_EQ(compiled.status, 0) << compiled.err;
  for (const char* key : {"ram_bytes", "flash_bytes"})
    EXPECT_EQ(compiled.json()[key], ran.json()[key]) << "told as it is compiled";
  EXPECT_GT(compiled.json()["ram_bytes"], 0);
  EXPECT_LE(compiled.json()["ram_bytes"], 16 << 10);
  EXPECT_LE(compiled.json()["flash_bytes"], 48 << 10);
}

}  // namespace
}  // namespace dew::testing
