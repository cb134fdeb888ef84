// Backbones: our own file, Keras' files, features of them, and all that can be wrong with a file.
#include "student/backbone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>

#include "shapes.h"
#include "student/backbone_store.h"
#include "student/layout.h"
#include "tests/support/keras_file.h"

namespace dew::student {
namespace {

const fs::path kShared = fs::path(DEWDROP_SOURCE_DIR) / ".." / "shared" / "backbones";

std::string fault_of(const std::string& bytes) {
  const auto backbone = decode_backbone(bytes, "the test");
  return backbone ? "none" : backbone.error().what;
}

TEST(Backbone, WithoutHomeImportedOnesDoNotLieInTheFolderThatWeAreIn) {
  const char* set = std::getenv("HOME");
  const std::string before = set == nullptr ? "" : set;
  unsetenv("HOME");
  const fs::path unset = backbones_folder();
  setenv("HOME", "", 1);
  const fs::path empty = backbones_folder();
  setenv("HOME", "/home/ada", 1);
  EXPECT_EQ(backbones_folder(), "/home/ada/.local/share/dewdrop/backbones");
  setenv("HOME", before.c_str(), 1);
  EXPECT_TRUE(unset.is_absolute()) << unset;
  EXPECT_EQ(empty, unset);
}

TEST(Backbone, ItsFileIsSmallAndKeepsEveryNumberToHalfPrecision) {
  const Backbone backbone = random_backbone(0.35, 96, 7);
  EXPECT_EQ(backbone.numbers(), 410208);  // as Keras' MobileNetV2(alpha=0.35, include_top=False)
  const std::string bytes = encode_backbone(backbone).value();
  EXPECT_LE(bytes.size(), 1000000U);
  const Backbone again = decode_backbone(bytes, "the test").value();
  EXPECT_EQ(again.name, backbone.name);
  EXPECT_EQ(again.origin, backbone.origin);
  EXPECT_EQ(again.alpha, 0.35);
  EXPECT_EQ(again.input, 96);
  for (size_t i = 0; i < backbone.weights.parameters.size(); ++i) {
    const float value = backbone.weights.parameters[i];
    ASSERT_NEAR(again.weights.parameters[i], value, std::abs(value) * 0x1p-11 + 0x1p-25);
  }
  EXPECT_EQ(again.weights.statistics, backbone.weights.statistics);  // zeros and ones
  EXPECT_EQ(encode_backbone(again).value(), bytes);
}

TEST(Backbone, HeadsComeAndGo) {
  const Backbone backbone = random_backbone(0.35, 96, 7);
  const Weights net = with_head(backbone, 64, 5);
  EXPECT_EQ(net.architecture.classes, 5);
  EXPECT_EQ(net.architecture.input, 64);
  const Weights back = without_head(net);
  EXPECT_EQ(back.parameters, backbone.weights.parameters);
  EXPECT_EQ(back.statistics, backbone.weights.statistics);
}

TEST(Backbone, EveryFlippedByteOfItsFileIsFound) {
  const std::string bytes = encode_backbone(random_backbone(0.05, 32, 7)).value();
  for (size_t i = 0; i < bytes.size(); i += i < 400 ? 7 : 9973) {
    std::string flipped = bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
    EXPECT_NE(fault_of(flipped), "none") << i;
  }
  for (const size_t length : {size_t{0}, size_t{8}, size_t{20}, bytes.size() - 1}) {
    EXPECT_NE(fault_of(bytes.substr(0, length)), "none") << length;
  }
  EXPECT_THAT(fault_of("GIF89a"), testing::HasSubstr("no backbone"));
  EXPECT_THAT(fault_of("\x89HDF\r\n\x1a\n and nothing else"), testing::HasSubstr("damaged"));
  EXPECT_THAT(fault_of("PK\x03\x04 and nothing else"), testing::HasSubstr("PyTorch"));
}

TEST(Backbone, ValuesThatAreNotNumbersAreRefusedByLayer) {
  Backbone backbone = random_backbone(0.35, 96, 7);
  const Layout layout(backbone.weights.architecture);
  backbone.weights.parameters[layout.layers[4].gamma + 1] = std::numeric_limits<float>::quiet_NaN();
  auto checked = check_backbone(backbone, "the test");
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().what,
              testing::HasSubstr(backbone.weights.architecture.layers[4].name + " (gamma)"));
  backbone = random_backbone(0.35, 96, 7);
  backbone.weights.statistics[layout.layers[2].variance] = -1;
  EXPECT_FALSE(encode_backbone(backbone));
  backbone = random_backbone(0.35, 96, 7);
  backbone.weights.parameters[0] = 1e6F;
  EXPECT_THAT(encode_backbone(backbone).error().what, testing::HasSubstr("half floats"));
}

TEST(Backbone, FeaturesOfRandomWeightsTellColoursApart) {
  Watch watch;
  const auto examples = shapes(1, 35);  // more than a batch
  const auto rows = features("random", kShapeInput, pictures_of(examples), watch).value();
  ASSERT_EQ(rows.size(), 35U);
  EXPECT_EQ(rows[34].size(), 1280U);
  const auto alone = features("random", kShapeInput, pictures_of({examples[34]}), watch).value();
  for (size_t f = 0; f < 1280; ++f) ASSERT_NEAR(alone[0][f], rows[34][f], 1e-4) << "batches change nothing";
  // The nearest other picture mostly has the same colour.
  int same = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    size_t nearest = i;
    double least = std::numeric_limits<double>::infinity();
    for (size_t k = 0; k < rows.size(); ++k) {
      double distance = 0;
      for (size_t f = 0; f < 1280; ++f) distance += std::pow(rows[i][f] - rows[k][f], 2);
      if (k == i || distance >= least) continue;
      least = distance;
      nearest = k;
    }
    same += examples[nearest].answer_class == examples[i].answer_class ? 1 : 0;
  }
  EXPECT_GE(same, 25) << "of 35, of which chance would hit 17";
  EXPECT_THAT(features("bundeld", kShapeInput, {}, watch).error().what, testing::HasSubstr("bundeld"));
  EXPECT_FALSE(features("random", 50, {}, watch));
}

TEST(Backbone, AKerasFileIsTheSameNetHoweverItWasSaved) {
  const TemporaryFolder folder = TemporaryFolder::create().value();
  const fs::path path = folder.path() / "net.h5";
  const Backbone backbone = random_backbone(0.35, 96, 7);
  for (const bool nested : {false, true}) {
    write_keras(path, keras_arrays(backbone), nested);
    const auto read = read_backbone(path);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(read->alpha, 0.35);
    EXPECT_EQ(read->weights.parameters, backbone.weights.parameters);
    // Keras' pictures are a half step darker than ours, which the first layer's mean takes up.
    const size_t first = backbone.weights.architecture.layers[0].out;
    for (size_t i = first; i < backbone.weights.statistics.size(); ++i)
      ASSERT_EQ(read->weights.statistics[i], backbone.weights.statistics[i]) << i;
  }
  const auto fault = [&](const std::function<void(std::vector<NamedArray>&)>& change) {
    auto arrays = keras_arrays(backbone);
    change(arrays);
    write_keras(path, arrays, false);
    const auto result = read_backbone(path);
    return result ? std::string("none") : result.error().what;
  };
  EXPECT_THAT(fault([](auto& a) { a[6].values[0] = std::numeric_limits<float>::infinity(); }),
              testing::HasSubstr("not a number"));
  EXPECT_THAT(fault([](auto& a) { a.resize(a.size() - 5); }), testing::HasSubstr("it has 51 convolutions"));
  EXPECT_THAT(fault([](auto& a) { a.erase(a.begin() + 1, a.begin() + 5); }),
              testing::HasSubstr("batch norm"));
  EXPECT_THAT(fault([](auto& a) { a.erase(a.begin() + 2); }), testing::HasSubstr("beta"));
  // The stem of another net.
  EXPECT_THAT(fault([](auto& a) {
                a[0].sizes = {7, 7, 3, 16};
                a[0].values.resize(7 * 7 * 3 * 16);
              }),
              testing::HasSubstr("'Conv1') is 7x7 from 3 to 16 channels"));
  EXPECT_THAT(fault([](auto& a) { a.clear(); }), testing::HasSubstr("no layers"));
}

/// Features that a separate implementation computed in PyTorch from the same Keras file.
class KerasFiles : public testing::TestWithParam<std::pair<int, const char*>> {};

TEST_P(KerasFiles, GiveTheFeaturesThatAnotherImplementationComputed) {
  const auto [input, file] = GetParam();
  if (!fs::exists(kShared / file)) GTEST_SKIP() << "NOT TESTED: " << kShared / file << " is absent";
  const Backbone backbone = read_backbone(kShared / file).value();
  EXPECT_EQ(backbone.alpha, 0.35);
  EXPECT_EQ(backbone.input, input);
  EXPECT_EQ(backbone.numbers(), 410208);
  const std::string stem = "features_" + std::to_string(input);
  const std::string rgb = read_file(kShared / "flat" / (stem + ".rgb")).value();
  const std::string floats = read_file(kShared / "flat" / (stem + ".f32")).value();
  std::vector<std::vector<uint8_t>> pictures;
  const size_t bytes = size_t{3} * input * input;
  for (size_t i = 0; i < 4; ++i) {
    pictures.emplace_back(rgb.begin() + static_cast<std::ptrdiff_t>(i * bytes),
                          rgb.begin() + static_cast<std::ptrdiff_t>((i + 1) * bytes));
  }
  std::vector<float> expected(4 * 1280);
  ASSERT_EQ(floats.size(), expected.size() * sizeof(float));
  std::memcpy(expected.data(), floats.data(), floats.size());
  Watch watch;
  // As it is read, and once more after our own file has rounded it.
  const TemporaryFolder folder = TemporaryFolder::create().value();
  ASSERT_TRUE(write_backbone(folder.path() / "own.dewb", backbone));
  const Backbone own = read_backbone(folder.path() / "own.dewb").value();
  const std::pair<const Backbone*, double> kinds[] = {{&backbone, 1e-3}, {&own, 1e-2}};
  for (const auto& [kind, tolerance] : kinds) {
    const auto rows = features_of(*kind, input, pictures, watch).value();
    double largest = 0;
    double difference = 0;
    double norm = 0;
    for (size_t i = 0; i < expected.size(); ++i) {
      const double d = std::abs(rows[i / 1280][i % 1280] - expected[i]);
      largest = std::max(largest, d);
      difference += d * d;
      norm += expected[i] * expected[i];
    }
    std::printf("%s: relative difference %.2g, largest %.2g\n", stem.c_str(), std::sqrt(difference / norm),
                largest);
    EXPECT_LE(std::sqrt(difference / norm), tolerance);
  }
}

INSTANTIATE_TEST_SUITE_P(Shared, KerasFiles,
                         testing::Values(std::pair{128, "st_person_mobilenet_v2_0.35_128.h5"},
                                         std::pair{224, "st_flowers_mobilenet_v2_0.35_224.h5"}));

}  // namespace
}  // namespace dew::student
