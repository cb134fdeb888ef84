// The page's files, and its net in Node against the host's: the same bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "compiler/compiler.h"
#include "deploy/deploy.h"
#include "media/image.h"
#include "target/target.h"
#include "tests/compiler/kinds.h"

namespace dew::deploy {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

/// Classifies the pictures of pictures.json with the folder's library.
constexpr const char* kAsk = R"(import { readFileSync, writeFileSync } from 'node:fs';
import { load } from './dewdrop.js';
const model = await load();
const answers = JSON.parse(readFileSync('pictures.json')).map((picture) => {
  const answer = model.classify({ ...picture, data: Uint8Array.from(picture.data) });
  return { ...answer, raw: Array.from(answer.raw) };
});
const refused = [];
for (const bad of [{ data: new Uint8Array(4), width: 2, height: 2 }, { data: new Uint8Array(0), width: 0, height: 0 },
                   { data: new Uint8Array(4 * 5000), width: 5000, height: 1 }, undefined,
                   { data: new Float32Array(4), width: 1, height: 1 }, { data: new Uint8Array(42), width: 10.5, height: 1 }]) {
  try { model.classify(bad); } catch (error) { refused.push(error.name); }
}
writeFileSync('answers.json', JSON.stringify({ answers, refused, classes: model.classes, width: model.width }));
)";

bool is_picture_classifier(const compiler::Plan& plan) {
  const compiler::Ends ends = compiler::ends_of(plan);
  return ends.input == compiler::Ends::Input::kPicture && ends.output == compiler::Ends::Output::kClasses &&
         !plan.classes.empty();
}

Image noise(int width, int height, uint32_t seed) {
  Image image{width, height, {}};
  for (int i = 0; i < width * height * 3; ++i) {
    seed = seed * 1664525 + 1013904223;
    image.rgb.push_back(static_cast<uint8_t>(seed >> 24));
  }
  return image;
}

Json as_canvas(const Image& image, int alpha = 255) {
  std::vector<int> data;
  for (size_t i = 0; i < image.rgb.size(); i += 3) {
    data.insert(data.end(), {image.rgb[i], image.rgb[i + 1], image.rgb[i + 2], alpha});
  }
  return {{"data", data}, {"width", image.width}, {"height", image.height}};
}

/// What is seen of it where white shows through.
Image over_white(Image image, int alpha) {
  for (uint8_t& one : image.rgb) one = static_cast<uint8_t>((one * alpha + 255 * (255 - alpha) + 127) / 255);
  return image;
}

/// The bytes of the input tensor, as the host makes them from a picture of its size.
target::Bytes tensor_of(const Image& image, const graph::Tensor& input) {
  target::Bytes bytes;
  for (const uint8_t one : image.rgb)
    bytes.push_back(input.type == graph::DType::kInt8 ? static_cast<uint8_t>(one - 128) : one);
  return bytes;
}

void expect_the_hosts_answers(const test::Kind& kind) {
  const auto plan = kind.compile({.symbol = kind.name});
  ASSERT_TRUE(plan);
  const std::string no_tflite;
  const auto files = find_format("web")->make({kind.graph, *plan, no_tflite});
  ASSERT_TRUE(files) << files.error().what;
  const auto folder = TemporaryFolder::create();
  for (const auto& [name, text] : *files) ASSERT_TRUE(write_file(folder->path() / name, text));
  const auto& shape = plan->input.shape;
  const int width = shape[2];
  const int height = shape[1];
  Json pictures = Json::array();
  std::vector<target::Bytes> inputs;
  for (uint32_t i = 0; i < 12; ++i) {
    const int times = i % 2 == 0 ? 1 : 2;
    const int alpha = i % 3 == 0 ? 100 : 255;
    const Image image = noise(width * times, height * times, i);
    pictures.push_back(as_canvas(image, alpha));
    inputs.push_back(tensor_of(resize(over_white(image, alpha), width, height), plan->input));
  }
  ASSERT_TRUE(write_file(folder->path() / "pictures.json", pictures.dump()));
  ASSERT_TRUE(write_file(folder->path() / "ask.mjs", kAsk));
  const auto ran = run_process({"sh", "-c", "cd " + folder->path().string() + " && node ask.mjs"},
                               std::chrono::minutes(1), Watch());
  ASSERT_TRUE(ran);
  ASSERT_EQ(ran->status, 0) << ran->errors;
  const Json told = Json::parse(*read_file(folder->path() / "answers.json"));
  EXPECT_EQ(told["refused"],
            Json::array({"RangeError", "RangeError", "RangeError", "TypeError", "TypeError", "TypeError"}));
  EXPECT_EQ(told["width"], width);
  Watch watch;
  const auto outputs = target::run_on_host(*plan, inputs, watch);
  ASSERT_TRUE(outputs);
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Json& answer = told["answers"][i];
    for (size_t c = 0; c < plan->classes.size(); ++c) {
      const int host = plan->output.type == graph::DType::kUInt8 ? (*outputs)[i][c] - 128
                                                                 : static_cast<int8_t>((*outputs)[i][c]);
      EXPECT_EQ(answer["raw"][c], host) << kind.name << " picture " << i << " class " << c;
    }
    EXPECT_EQ(answer["known"], !plan->gate || (*outputs)[i].back() != 0);
    const auto top = answer["top"].get<size_t>();
    const bool said =
        answer["known"].get<bool>() &&
        (plan->thresholds.empty() || answer["scores"][top].get<double>() >= plan->thresholds[top] - 1e-6);
    EXPECT_EQ(answer["class"].is_null(), !said) << kind.name << " picture " << i;
  }
}

TEST(Web, TheNetGivesTheHostsScoresToTheBit) {
  if (!find_program("node") || !find_program("clang") || !find_program("wasm-ld"))
    GTEST_SKIP() << "node, clang or lld is missing: scripts/install test";
  int nets = 0;
  for (const test::Kind& kind : test::kinds()) {
    const auto plan = kind.compile({.symbol = kind.name});
    if (!plan || !is_picture_classifier(*plan) || plan->input.shape.back() != 3) continue;
    expect_the_hosts_answers(kind);
    ++nets;
  }
  EXPECT_GE(nets, 3) << "plain, with thresholds, with a gate";
}

TEST(Web, WhatIsNoClassifierOfPicturesIsRefused) {
  int refused = 0;
  for (const test::Kind& kind : test::kinds()) {
    const auto plan = kind.compile({.symbol = kind.name});
    if (!plan || is_picture_classifier(*plan)) continue;
    const std::string no_tflite;
    const auto files = find_format("web")->make({kind.graph, *plan, no_tflite});
    ASSERT_FALSE(files);
    EXPECT_THAT(files.error().what, HasSubstr("classifiers of pictures"));
    ++refused;
  }
  EXPECT_GE(refused, 3);
}

TEST(Web, HostileNamesAreTextInEveryFile) {
  if (!find_program("clang") || !find_program("wasm-ld"))
    GTEST_SKIP() << "clang or lld is missing: scripts/install test";
  test::Kind kind = test::kinds()[0];
  kind.graph.classes.assign(kind.graph.classes.size(), "</script><b>\"'");
  const auto plan = kind.compile({.symbol = kind.name});
  ASSERT_TRUE(plan);
  const std::string no_tflite;
  const auto files = find_format("web")->make({kind.graph, *plan, no_tflite, "", {}, "<script>\"&\x01\xff"});
  ASSERT_TRUE(files);
  EXPECT_EQ(files->at("index.html").find("<script>\""), std::string::npos);
  EXPECT_THAT(files->at("index.html"), HasSubstr("&lt;script&gt;&quot;&amp;"));
  for (const char* json : {"package.json", "manifest.webmanifest"})
    EXPECT_FALSE(Json::parse(files->at(json), nullptr, false).is_discarded()) << json;
  EXPECT_EQ(files->at("sw.js").find("@VERSION@"), std::string::npos);
}

}  // namespace
}  // namespace dew::deploy
