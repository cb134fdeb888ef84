// A checkpoint serves only the training that it is of: whatever decides the outcome is in its fingerprint.
#include "student/fingerprint.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "bench/recipe_keys.h"
#include "shapes.h"
#include "student/backbone_store.h"

namespace dew::student {
namespace {

/// Collects warnings and stops the work at once.
class StopAtOnce : public Watch {
 public:
  void warn(const std::string& message) override { warnings.push_back(message); }
  bool interrupted() const override { return true; }
  std::vector<std::string> warnings;
};

/// Another value of a recipe's number, still one that works.
void change(const std::variant<double*, int*, bool*>& number) {
  std::visit(
      [](auto* value) {
        using Number = std::remove_pointer_t<decltype(value)>;
        if constexpr (std::is_same_v<Number, bool>)
          *value = !*value;
        else
          *value = static_cast<Number>(*value + Number(1) / Number(4) + (std::is_integral_v<Number> ? 1 : 0));
      },
      number);
}

class Fingerprint : public testing::Test {
 protected:
  const TemporaryFolder home_ = TemporaryFolder::create().value();
  std::vector<Example> examples_ = shapes(1, 8);
  std::vector<Example> validation_ = shapes(2, 4);
  TrainSettings settings_ = shape_settings();

  void SetUp() override { settings_.epochs = 2; }

  /// Whether the checkpoint that `train` left in `folder` is not used by `train_again`.
  static bool refused(const std::function<void(Watch&)>& train_again) {
    StopAtOnce watch;
    train_again(watch);
    return watch.warnings.size() == 1 && watch.warnings[0].find("other settings") != std::string::npos;
  }
};

TEST_F(Fingerprint, EveryNumberOfTheRecipeFromRandomWeightsIsInIt) {
  Watch watch;
  ASSERT_TRUE(train_with(examples_, validation_, settings_, Recipe{}, home_.path(), watch));
  const auto again_with = [&](const Recipe& recipe) {
    return refused([&](Watch& other) {
      (void)train_with(examples_, validation_, settings_, recipe, home_.path(), other);
    });
  };
  EXPECT_FALSE(again_with(Recipe{}));
  Recipe recipe;
  for (const auto& [key, number] : bench::keys_of(recipe)) {
    recipe = {};
    change(number);
    EXPECT_TRUE(again_with(recipe)) << key;
  }
}

TEST_F(Fingerprint, EveryNumberOfTheRecipeFromABackboneIsInIt) {
  const Backbone backbone = find_backbone("bundled").value();
  Watch watch;
  const auto tune = [&](const FineTuneRecipe& recipe, const Backbone& from, Watch& other) {
    return fine_tune(examples_, validation_, settings_, from, recipe, home_.path(), other);
  };
  ASSERT_TRUE(tune({}, backbone, watch));
  const auto again_with = [&](const FineTuneRecipe& recipe, const Backbone& from) {
    return refused([&](Watch& other) { (void)tune(recipe, from, other); });
  };
  EXPECT_FALSE(again_with({}, backbone));
  FineTuneRecipe recipe;
  for (const auto& [key, number] : bench::keys_of(recipe)) {
    recipe = {};
    change(number);
    EXPECT_TRUE(again_with(recipe, backbone)) << key;
  }
  Backbone other = backbone;
  other.weights.statistics[5] += 1;
  EXPECT_TRUE(again_with({}, other));
}

TEST_F(Fingerprint, SettingsAndPicturesAreInIt) {
  Watch watch;
  ASSERT_TRUE(train_with(examples_, validation_, settings_, Recipe{}, home_.path(), watch));
  const auto again = [&] {
    return refused([&](Watch& other) {
      (void)train_with(examples_, validation_, settings_, Recipe{}, home_.path(), other);
    });
  };
  EXPECT_FALSE(again());
  const TrainSettings settings = settings_;
  for (const auto& [key, number] : bench::keys_of(settings_)) {
    settings_ = settings;
    change(number);
    EXPECT_TRUE(again()) << key;
  }
  settings_ = settings;
  settings_.seed = 2;
  EXPECT_TRUE(again());
  settings_ = settings;
  ++validation_[0].rgb[17];
  EXPECT_TRUE(again());
  --validation_[0].rgb[17];
  EXPECT_FALSE(again());
  std::swap(examples_[0], examples_[2]);  // both red
  EXPECT_TRUE(again());
}

}  // namespace
}  // namespace dew::student
