// scripts/skipped: a skip inside a binary that passes is named, with its reason; in CI it must be allowed.
#include <gmock/gmock.h>

#include "base/base.h"

namespace dew::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// What ctest writes of two binaries, one after the other.
constexpr const char* kLog = R"(Start testing: Nov 26 17:33 UTC
----------------------------------------------------------
2/2 Testing: two_test
2/2 Test: two_test
Output:
----------------------------------------------------------
[==========] Running 2 tests from 1 test suite.
[----------] 2 tests from All/Board
[ RUN      ] All/Board.Runs/m4
[       OK ] All/Board.Runs/m4 (12 ms)
[ RUN      ] All/Board.Runs/m7
/src/two_test.cpp:12: Skipped

*** NOT TESTED: qemu is missing
apt install it

[  SKIPPED ] All/Board.Runs/m7, where GetParam() = qemu (m7) (0 ms)
[  PASSED  ] 1 test.
[  SKIPPED ] 1 test, listed below:
[  SKIPPED ] All/Board.Runs/m7, where GetParam() = qemu (m7)
<end of output>
Test Passed.
1/2 Testing: one_test
1/2 Test: one_test
Output:
----------------------------------------------------------
[----------] 1 test from Video
/src/one_test.cpp:7: Skipped
no video
[ RUN      ] Video.Plays
[       OK ] Video.Plays (0 ms)
[----------] 2 tests from Disk
[ RUN      ] Disk.Fills
/src/one_test.cpp:9: Skipped

[  SKIPPED ] Disk.Fills (0 ms)
[ RUN      ] Disk.Empties
[       OK ] Disk.Empties (3 ms)
<end of output>
Test Passed.
)";

class Skipped : public ::testing::Test {
 protected:
  [[nodiscard]] ProcessResult run(const std::string& log, const std::string& allowed, bool ci) const {
    EXPECT_TRUE(write_file(folder_.path() / "log", log));
    EXPECT_TRUE(write_file(folder_.path() / "allowed", allowed));
    return run_process({"env", std::string("CI=") + (ci ? "true" : ""),
                        "ALLOWED_SKIPS=" + (folder_.path() / "allowed").string(),
                        DEWDROP_SOURCE_DIR "/scripts/skipped", folder_.path() / "log"},
                       std::chrono::minutes(1), Watch())
        .value();
  }
  const TemporaryFolder folder_ = TemporaryFolder::create().value();
};

TEST_F(Skipped, EachIsNamedWithItsReason) {
  const ProcessResult result = run(kLog, "", false);
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(result.output, "Skipped tests: 3 (3 of them not in " + (folder_.path() / "allowed").string() +
                               ", marked !)\n"
                               " ! two_test: All/Board.Runs/m7: NOT TESTED: qemu is missing apt install it\n"
                               " ! one_test: Video.*: no video\n"
                               " ! one_test: Disk.Fills: no reason given\n");
}

TEST_F(Skipped, InCiAllOfThemMustBeAllowed) {
  const std::string two = "# comment\nAll/Board.*   no board\n\nVideo.*  no video\n";
  const ProcessResult refused = run(kLog, two, true);
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.output, HasSubstr(" ! one_test: Disk.Fills"));
  EXPECT_THAT(refused.output, Not(HasSubstr("! two_test")));
  EXPECT_EQ(run(kLog, two + "Disk.Fills  no disk\n", true).status, 0);
  EXPECT_EQ(run(kLog, two + "Disk.Fills\n", true).status, 1) << "a line without a reason allows nothing";
}

TEST_F(Skipped, NoneAtAllIsSaid) {
  const ProcessResult result = run("1/1 Testing: one_test\n[       OK ] Disk.Empties (3 ms)\n", "", true);
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.output, "No test was skipped.\n");
}

}  // namespace
}  // namespace dew::testing
