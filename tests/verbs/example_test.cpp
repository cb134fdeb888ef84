// examples/library/main.cpp is a program of somebody else's: it must build against the library's doors, and
// work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/shapes.h"

namespace dew::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

TEST(LibraryExample, GoesFromPicturesToCAndMayBeCancelledOnTheWay) {
  const auto folder = TemporaryFolder::create();
  ASSERT_TRUE(folder);
  const fs::path pictures = folder->path() / "pictures";
  write_discs(pictures, 120);
  const Watch watch;
  const auto ran = run_process({DEWDROP_LIBRARY_EXAMPLE, (folder->path() / "project").string(),
                                pictures.string(), (pictures / "answers.jsonl").string()},
                               std::chrono::seconds(100), watch);
  ASSERT_TRUE(ran) << ran.error().what;
  ASSERT_EQ(ran->status, 0) << ran->output << ran->errors;
  EXPECT_THAT(ran->output, HasSubstr("108 labelled\n"));
  EXPECT_THAT(ran->output, HasSubstr("run 1 took 1 epochs\n"));
  EXPECT_THAT(ran->output, ContainsRegex("[1-9][0-9]+ bytes of arena\n"));
  EXPECT_TRUE(fs::exists(folder->path() / "project" / "firmware"));
}

}  // namespace
}  // namespace dew::testing
