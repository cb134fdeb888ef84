// dewdrop train within limits: what it returns keeps to them when it is compiled, or the error says what
// would.
#include "tests/support/command.h"
#include "tests/support/shapes.h"

namespace dew::testing {
namespace {

TEST(Fit, TheNetKeepsToTheLimitsOrTheErrorSaysWhatIsNeeded) {
  const Command command;
  if (command.shell("which arm-none-eabi-gcc qemu-system-arm").status != 0)
    GTEST_SKIP() << "NOT TESTED: no cross compiler or no emulator";
  write_discs(command.folder() / "pictures", 40);
  ASSERT_EQ(
      command.run({"new", "p", "--ask", "Is there a disc?", "--classes", "yes,no", "--unsure", "unsure"})
          .status,
      0);
  ASSERT_EQ(command.run({"add", "../pictures"}, "p").status, 0);
  ASSERT_EQ(command.run({"label", "--teacher", "replay:../pictures/answers.jsonl"}, "p").status, 0);

  expect_error(command.run({"train", "--ram", "64K", "--net", "tiny"}, "p"), 2, "leave out --net");
  // Nothing is that small, and the error says how small the smallest is.
  const Ran small = command.run({"train", "--ram", "2K", "--json"}, "p");
  expect_error(small, 1, "no net is within these limits");
  const std::string where = small.json()["error"]["where"].get<std::string>();
  EXPECT_NE(where.find(", 32 px, needs "), std::string::npos) << where;
  EXPECT_NE(where.find(" B of RAM"), std::string::npos) << where;
  EXPECT_FALSE(small.json()["error"]["next"].get<std::string>().empty());

  const Ran ran = command.run({"train", "--ram", "16K", "--flash", "48K", "--epochs", "2", "--json"}, "p");
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_GE(ran.json()["candidates"].size(), 2U) << ran.out;
  const Ran compiled = command.run({"compile", "--json"}, "p");
  ASSERT_EQ(compiled.status, 0) << compiled.err;
  for (const char* key : {"ram_bytes", "flash_bytes"})
    EXPECT_EQ(compiled.json()[key], ran.json()[key]) << "told as it is compiled";
  EXPECT_GT(compiled.json()["ram_bytes"], 0);
  EXPECT_LE(compiled.json()["ram_bytes"], 16 << 10);
  EXPECT_LE(compiled.json()["flash_bytes"], 48 << 10);
}

}  // namespace
}  // namespace dew::testing
