#include "teacher/prices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "teacher/teacher.h"

namespace dew::teacher {
namespace {

using ::testing::HasSubstr;

TEST(ImageTokens, TilesByTheExamplesOfOpenAisOwnGuide) {
  const ImageRule gpt4o{85, 170, 0};
  EXPECT_EQ(image_tokens(gpt4o, "high", 1024, 1024), 765);
  EXPECT_EQ(image_tokens(gpt4o, "high", 2048, 4096), 1105);
  EXPECT_EQ(image_tokens(gpt4o, "low", 4096, 8192), 85);
  EXPECT_EQ(image_tokens(gpt4o, "high", 512, 512), 255);
  EXPECT_EQ(image_tokens(gpt4o, "high", 513, 512), 425);
  EXPECT_EQ(image_tokens(gpt4o, "auto", 192, 192), 255) << "small pictures are not scaled up";
  EXPECT_EQ(image_tokens(gpt4o, "high", 1, 2048), 85 + 4 * 170);
  const ImageRule mini{2833, 5667, 0};
  EXPECT_EQ(image_tokens(mini, "low", 192, 192), 2833);
  EXPECT_EQ(image_tokens(mini, "high", 1024, 1024), 2833 + 4 * 5667);
}

TEST(ImageTokens, PatchesByTheExamplesOfOpenAisOwnGuide) {
  const ImageRule plain{0, 0, 1};
  EXPECT_EQ(image_tokens(plain, "high", 1024, 1024), 1024);
  EXPECT_EQ(image_tokens(plain, "high", 1800, 2400), 1452);
  EXPECT_EQ(image_tokens(plain, "low", 192, 192), 36);
  EXPECT_EQ(image_tokens(ImageRule{0, 0, 1.62}, "high", 1024, 1024), 1659);
  for (int side = 1; side < 20'000; side += 97)
    EXPECT_LE(image_tokens(plain, "high", side, 3000), 1536) << side;
}

TEST(TextTokens, NearWhatTheRealEncodingCounts) {
  // Counted by OpenAI's published tokenizer (cl100k_base) for the pangram: 9 words and a full stop, 10
  // tokens.
  EXPECT_NEAR(static_cast<double>(text_tokens("The quick brown fox jumps over the lazy dog.")), 10, 1);
  EXPECT_EQ(text_tokens(""), 0);
  EXPECT_GT(text_tokens("Есть ли на картинке человек?"), 10);
  EXPECT_EQ(text_tokens("1234567"), 3);
}

TEST(Prices, TheBuiltInOnesHaveADateAndTheLongestNameCounts) {
  const auto prices = read_prices({});
  ASSERT_TRUE(prices) << prices.error().what;
  EXPECT_EQ(find_price(*prices, "gpt-4o-2024-08-06")->input, 2.5);
  EXPECT_EQ(find_price(*prices, "gpt-4o-mini-2024-07-18")->input, 0.15);
  EXPECT_EQ(find_price(*prices, "gpt-4omni"), std::nullopt);
  EXPECT_EQ(find_price(*prices, "llava"), std::nullopt);
  EXPECT_DOUBLE_EQ(find_price(*prices, "gpt-4o")->of(1'000'000, 100'000), 3.5);
  for (const auto& [name, price] : *prices) {
    EXPECT_EQ(price.true_on.size(), 10U) << name;
    EXPECT_GT(price.output, price.input) << name;
  }
}

TEST(Prices, AModelMayHaveItsOwnDayAndAnEnd) {
  const auto prices = parse_prices(
      "true_on = 2026-01-31\n[model.\"a\"]\ninput = 1\noutput = 2\npatches = 1\n"
      "true_on = \"2026-11-27\"\nshutdown = 2027-01-14\n[model.\"b\"]\ninput = 1\noutput = 2\npatches = 1\n",
      "prices.toml");
  ASSERT_TRUE(prices) << prices.error().what;
  EXPECT_EQ(find_price(*prices, "a-mini")->true_on, "2026-11-27");
  EXPECT_EQ(find_price(*prices, "a")->ends_on, "2027-01-14");
  EXPECT_EQ(find_price(*prices, "b")->true_on, "2026-01-31");
  EXPECT_EQ(find_price(*prices, "b")->ends_on, "");
}

TEST(Prices, TheBuiltInOnesKnowWhichModelsEnd) {
  const auto prices = read_prices({});
  ASSERT_TRUE(prices);
  EXPECT_EQ(find_price(*prices, "gpt-6-luna")->input, 0.1);
  EXPECT_EQ(find_price(*prices, "gpt-6-luna")->output, 0.5);
  EXPECT_EQ(find_price(*prices, "gpt-6-luna")->ends_on, "");
  for (const char* name : {"gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini"})
    EXPECT_EQ(find_price(*prices, name)->ends_on, "2027-01-14") << name;
  for (const char* name : {"gpt-5", "gpt-5-mini", "gpt-5-nano-2025-08-07"})
    EXPECT_EQ(find_price(*prices, name)->ends_on, "2026-12-11") << name;
  EXPECT_EQ(*newest_price_day({}), "2026-11-27");
}

TEST(Prices, OnesOwnGoBefore) {
  auto folder = TemporaryFolder::create();
  ASSERT_TRUE(folder);
  const fs::path file = folder->path() / "prices.toml";
  ASSERT_TRUE(
      write_file(file,
                 "true_on = \"2026-11-01\"\n[model.\"llava\"]\ninput = 0.1\noutput = 0\ntiles = [9, 1]\n"
                 "[model.\"gpt-4o\"]\ninput = 3\noutput = 12\npatches = 1.5\n"));
  const auto prices = read_prices(file);
  ASSERT_TRUE(prices) << prices.error().what;
  EXPECT_EQ(find_price(*prices, "llava")->image.base, 9);
  EXPECT_EQ(find_price(*prices, "gpt-4o-2024-08-06")->true_on, "2026-11-01");
  EXPECT_EQ(find_price(*prices, "gpt-4.1")->input, 2);
}

TEST(Prices, WhatIsWrongIsNamed) {
  const std::string date = "true_on = \"2026-11-01\"\n";
  struct Case {
    std::string text;
    const char* what;
  };
  for (const Case& one :
       {Case{"[model.\"m\"]\ninput = 1\noutput = 1\ntiles = [1, 1]", "true_on"}, Case{date, "no model"},
        Case{date + "[model.\"m\"]\noutput = 1\ntiles = [1, 1]", "'input'"},
        Case{date + "[model.\"m\"]\ninput = -1\noutput = 1\ntiles = [1, 1]", "'input'"},
        Case{date + "[model.\"m\"]\ninput = 1\noutput = 1", "'tiles'"},
        Case{date + "[model.\"m\"]\ninput = 1\noutput = 1\npatches = -3", "that many"},
        Case{date + "modle = 1\n[model.\"m\"]\ninput = 1\noutput = 1\npatches = 1", "modle"},
        Case{date + "[model.\"m\"]\ninput = 1\noutput = 1\npatches = 1\nshutdown = \"soon\"", "'shutdown'"},
        Case{"true_on = \"2026-13-01\"\n", "'true_on'"}, Case{date + "[model", "TOML"}}) {
    const auto prices = parse_prices(one.text, "prices.toml");
    ASSERT_FALSE(prices) << one.text;
    EXPECT_EQ(prices.error().fault, Fault::kUsage);
    EXPECT_THAT(prices.error().what, HasSubstr(one.what));
    EXPECT_THAT(prices.error().where, HasSubstr("prices.toml"));
  }
}

TEST(Prices, NestingCannotOverflowTheStack) {
  std::string keys = "a";
  for (int i = 0; i < 300'000; ++i) keys += ".a";
  const auto read = parse_prices("true_on = '2026-01-01'\n" + keys + " = 1\n", "prices.toml");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().fault, Fault::kUsage);
  EXPECT_THAT(read.error().what, HasSubstr("nested too deeply"));
}

}  // namespace
}  // namespace dew::teacher
