// The tools that `dewdrop doctor` shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "target/firmware.h"

namespace dew::target {
namespace {

/// Sets PATH while it lives.
class PathOnly {
 public:
  explicit PathOnly(const std::string& path) : before_(std::getenv("PATH")) {
    ::setenv("PATH", path.c_str(), 1);
  }
  ~PathOnly() { ::setenv("PATH", before_.c_str(), 1); }

 private:
  std::string before_;
};

const Tool& tool_named(const std::vector<Tool>& all, const std::string& program) {
  static const Tool none;
  for (const Tool& tool : all)
    if (tool.program == program) return tool;
  ADD_FAILURE() << program << " is not listed";
  return none;
}

TEST(Tools, AToolThatIsThereShowsItsPathAndVersion) {
  const auto folder = TemporaryFolder::create();
  const fs::path node = folder->path() / "node";
  ASSERT_TRUE(write_file(node, "#!/bin/sh\necho '  v20.1 '\necho more\n"));
  fs::permissions(node, fs::perms::owner_all);
  const PathOnly path(folder->path().string());
  const auto all = tools(Watch());
  EXPECT_EQ(tool_named(all, "node").path, node.string());
  EXPECT_EQ(tool_named(all, "node").version, "v20.1");
}

TEST(Tools, AMissingToolHasNoPathAndNamesItsPackage) {
  const PathOnly path("");
  const auto all = tools(Watch());
  for (const Tool& tool : all) EXPECT_EQ(tool.path, std::nullopt) << tool.program;
  EXPECT_EQ(tool_named(all, "qemu-system-riscv32").package, "qemu-system-misc");
  EXPECT_THAT(require_tool("qemu-system-arm").error().next,
              testing::HasSubstr("apt-get install qemu-system-arm"));
}

TEST(Tools, EveryBoardsProgramsAreListed) {
  const auto all = tools(Watch());
  for (const Board& board : boards()) {
    EXPECT_FALSE(tool_named(all, board.compiler).package.empty());
    EXPECT_FALSE(tool_named(all, board.emulator).package.empty());
  }
}

}  // namespace
}  // namespace dew::target
