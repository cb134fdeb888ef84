// The verb `boards`: all, some, one, none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "verbs/boards/boards.h"

namespace dew::verbs {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Boards, AllAreListedOnce) {
  const auto all = boards({});
  ASSERT_TRUE(all);
  std::set<std::string> names;
  for (const target::Target& one : all->found) EXPECT_TRUE(names.insert(one.name).second) << one.name;
  EXPECT_TRUE(names.count("xiao-esp32s3-sense") == 1 && names.count("cortex-m55") == 1);
  EXPECT_THAT(to_text(*all), AllOf(HasSubstr("qemu:mps3-an547"), HasSubstr("none; as rv32imac")));
}

TEST(Boards, APartOfANameFindsSeveral) {
  const auto some = boards({"ESP32"});
  ASSERT_TRUE(some);
  EXPECT_GT(some->found.size(), 10U);
  EXPECT_EQ(some->exact->name, "esp32") << "one is called just so";
  EXPECT_THAT(to_text(*some), AllOf(HasSubstr("esp-eye"), Not(HasSubstr("nicla"))));
}

TEST(Boards, OneTellsAllThatIsKnown) {
  const auto one = boards({"openmv-h7-plus"});
  ASSERT_TRUE(one);
  EXPECT_THAT(to_text(*one), AllOf(HasSubstr("OV5640"), HasSubstr("+32M"), HasSubstr("https://openmv.io/"),
                                   HasSubstr("-mcpu=cortex-m7"), HasSubstr("0.6 to 1.1")));
  const Json json = to_json(*one)["boards"][0];
  EXPECT_EQ(json["kernels"], "arm-dsp");
  EXPECT_EQ(json["counted_on"], "qemu:mps2-an500");
  EXPECT_EQ(json["external_ram_bytes"], 32 << 20);
}

TEST(Boards, AnUnknownNameIsAUsageError) {
  const auto none = boards({"z80"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().fault, Fault::kUsage);
}

}  // namespace
}  // namespace dew::verbs
