// What experiments may change about a training recipe: key=value on the command lines of accuracy and
// train_demo.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <type_traits>
#include <variant>

#include "student/finetune.h"
#include "student/recipe.h"

namespace dew::bench {

/// By its key, the number that it sets.
using RecipeKeys = std::map<std::string, std::variant<double*, int*, bool*>>;

inline RecipeKeys keys_of(student::Augmentation& augmentation) {
  return {{"flip", &augmentation.flip},         {"zoom", &augmentation.zoom},
          {"shift", &augmentation.shift},       {"brightness", &augmentation.brightness},
          {"contrast", &augmentation.contrast}, {"tint", &augmentation.tint},
          {"stretch", &augmentation.stretch},   {"plain", &augmentation.plain},
          {"cutout", &augmentation.cutout},     {"crop", &augmentation.crop}};
}

inline RecipeKeys keys_of(student::TrainSettings& settings) {
  return {{"epochs", &settings.epochs},
          {"learning_rate", &settings.learning_rate},
          {"weight_decay", &settings.weight_decay},
          {"balance", &settings.balance}};
}

/// Of the recipe from random weights.
inline RecipeKeys keys_of(student::Recipe& recipe) {
  RecipeKeys keys = keys_of(recipe.augmentation);
  keys.insert({{"batch", &recipe.batch},
               {"warm_up", &recipe.warm_up},
               {"final_rate", &recipe.final_rate},
               {"head_rate", &recipe.head_rate},
               {"residual_gamma", &recipe.residual_gamma},
               {"smoothing", &recipe.label_smoothing},
               {"span", &recipe.average_span},
               {"momentum", &recipe.statistics_momentum},
               {"recalibrate", &recipe.recalibrate}});
  return keys;
}

/// Of the recipe from a backbone.
inline RecipeKeys keys_of(student::FineTuneRecipe& recipe) {
  RecipeKeys keys = keys_of(recipe.augmentation);
  keys.insert({{"batch", &recipe.batch},
               {"head_epochs", &recipe.head.epochs},
               {"rate", &recipe.rate},
               {"depth_rate", &recipe.depth_rate},
               {"warm_up", &recipe.warm_up},
               {"final_rate", &recipe.final_rate},
               {"smoothing", &recipe.label_smoothing},
               {"mixup", &recipe.mixup},
               {"span", &recipe.average_span},
               {"last_epoch", &recipe.last_epoch},
               {"dropout", &recipe.dropout}});
  return keys;
}

/// Sets what "key=value" names. Error: no such key, a value that is not a number.
inline Result<void> set(const RecipeKeys& keys, const std::string& assignment) {
  const std::string key = assignment.substr(0, assignment.find('='));
  const auto found = keys.find(key);
  if (found == keys.end()) return usage_error("there is no key '" + key + "'", assignment);
  const std::string text = assignment.substr(std::min(key.size() + 1, assignment.size()));
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') return usage_error("'" + text + "' is not a number", assignment);
  std::visit([value](auto* number) { *number = static_cast<std::remove_pointer_t<decltype(number)>>(value); },
             found->second);
  return {};
}

}  // namespace dew::bench
