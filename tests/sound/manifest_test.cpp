#include "sound/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dew::sound {
namespace {

using ::testing::HasSubstr;

constexpr const char* kSecond = R"({
  "type": "micro", "wake_word": "Okay Nabu", "author": "somebody", "website": "https://example.org/",
  "model": "okay_nabu.tflite", "trained_languages": ["en"], "version": 2,
  "micro": {"probability_cutoff": 0.97, "feature_step_size": 10, "sliding_window_size": 5,
            "tensor_arena_size": 22860, "minimum_esphome_version": "2024.7.0"}})";

std::string error_of(const std::string& text) {
  const auto manifest = parse_manifest(text, "/models", "word.json");
  return manifest ? "fine" : manifest.error().what;
}

std::string changed(const std::string& from, const std::string& to) {
  std::string text = kSecond;
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST(Manifest, TheSecondVersionIsRead) {
  const auto manifest = parse_manifest(kSecond, "/models", "word.json");
  ASSERT_TRUE(manifest) << manifest.error().what;
  EXPECT_EQ(manifest->model, "/models/okay_nabu.tflite");
  EXPECT_EQ(manifest->word, "Okay Nabu");
  EXPECT_EQ(manifest->cutoff, 0.97);
  EXPECT_EQ(manifest->window, 5);
  EXPECT_EQ(manifest->step_ms, 10);
}

TEST(Manifest, TheFirstVersionsStepIs20Ms) {
  const auto manifest = parse_manifest(
      R"({"type": "micro", "wake_word": "alexa", "model": "alexa.tflite", "version": 1,
          "micro": {"probability_cutoff": 0.66, "sliding_window_average_size": 10}})",
      "", "word.json");
  ASSERT_TRUE(manifest) << manifest.error().what;
  EXPECT_EQ(manifest->window, 10);
  EXPECT_EQ(manifest->step_ms, 20);
}

TEST(Manifest, WhatIsWrongIsTold) {
  EXPECT_THAT(error_of("no json"), HasSubstr("no JSON object"));
  EXPECT_THAT(error_of("[1]"), HasSubstr("no JSON object"));
  EXPECT_THAT(error_of(std::string(100'000, '[')), HasSubstr("no JSON object"));
  EXPECT_THAT(error_of("{}"), HasSubstr("\"wake_word\""));
  EXPECT_THAT(error_of(R"({"wake_word": "a", "model": "a.tflite"})"), HasSubstr("\"micro\" is missing"));
  EXPECT_THAT(error_of(changed("\"okay_nabu.tflite\"", "\"../secret\"")), HasSubstr("beside the manifest"));
  EXPECT_THAT(error_of(changed("\"okay_nabu.tflite\"", "\"/etc/passwd\"")), HasSubstr("beside the manifest"));
  EXPECT_THAT(error_of(changed("\"okay_nabu.tflite\"", "\"..\"")), HasSubstr("beside the manifest"));
  EXPECT_THAT(error_of(changed("0.97", "1.5")), HasSubstr("\"probability_cutoff\""));
  EXPECT_THAT(error_of(changed("0.97", "\"0.97\"")), HasSubstr("\"probability_cutoff\""));
  EXPECT_THAT(error_of(changed("_size\": 5", "_size\": 0")), HasSubstr("\"sliding_window_size\""));
  EXPECT_THAT(error_of(changed("_size\": 5", "_size\": 2.5")), HasSubstr("no whole number"));
  EXPECT_THAT(error_of(changed("_size\": 10", "_size\": 31")), HasSubstr("\"feature_step_size\""));
}

}  // namespace
}  // namespace dew::sound
