// How many of a real large model's wrong labels the ranking finds; docs/review.md quotes what this prints.
#include "tests/support/command.h"

namespace dew::testing {
namespace {

TEST(ReviewCaltech, ATenthOfTheLabelsHoldsManyOfTheWrongOnes) {
  const fs::path shared = fs::path(DEWDROP_SOURCE_DIR) / ".." / "shared";
  const fs::path looker = shared / "models" / "tf2_mobilenet_v2_1.0_224_ptq.tflite";
  if (!fs::exists(shared / "data" / "caltech101-gpt4v" / "labels.csv") || !fs::exists(looker))
    GTEST_SKIP() << "../shared/data/caltech101-gpt4v or ../shared/models is missing";
  const Command command;
  const Ran ran = command.shell(std::string(DEWDROP_SOURCE_DIR) + "/scripts/review-caltech --backbone " +
                                fs::canonical(looker).string() + " --json");
  ASSERT_EQ(ran.status, 0) << ran.err;
  std::printf("%s", ran.err.c_str());
  EXPECT_EQ(ran.json()["labels"], 2456);
  EXPECT_EQ(ran.json()["wrong"], 148);
  EXPECT_GE(ran.json()["found_at_10_percent"], 0.60) << "chance is 0.1";
}

}  // namespace
}  // namespace dew::testing
