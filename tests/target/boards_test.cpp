// The table of boards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "target/target.h"

namespace dew::target {
namespace {

TEST(Boards, AreFoundByNameAndByCore) {
  EXPECT_EQ(find_board("qemu:mps2-an386")->core, "cortex-m4");
  EXPECT_EQ(find_board("cortex-m55")->name, "qemu:mps3-an547");
}

TEST(Boards, HaveNamesAndCoresOfTheirOwn) {
  std::set<std::string> words;
  for (const Board& board : boards()) {
    EXPECT_TRUE(words.insert(board.name).second) << board.name;
    EXPECT_TRUE(words.insert(board.core).second) << board.core;
  }
}

TEST(Boards, AnUnknownOneIsAUsageErrorThatNamesTheKnown) {
  const auto board = find_board("cortex-m9");
  ASSERT_FALSE(board);
  EXPECT_EQ(board.error().fault, Fault::kUsage);
  EXPECT_THAT(board.error().what, testing::HasSubstr("cortex-m9"));
  EXPECT_THAT(board.error().next, testing::HasSubstr("qemu:mps2-an386 (cortex-m4)"));
}

}  // namespace
}  // namespace dew::target
