// The fingerprint of a training.
#include "student/fingerprint.h"

namespace dew::student {

nlohmann::json members(const Augmentation& augmentation) {
  const auto& [flip, zoom, shift, brightness, contrast, tint, stretch, plain, cutout, crop] = augmentation;
  return {flip, zoom, shift, brightness, contrast, tint, stretch, plain, cutout, crop};
}

nlohmann::json members(const HeadSettings& settings) {
  const auto& [epochs, batch, learning_rate, weight_decay, seed] = settings;
  return {epochs, batch, learning_rate, weight_decay, seed};
}

nlohmann::json members(const TrainSettings& settings) {
  const auto& [net, alpha, input, classes, head, blocks, epochs, batch, learning_rate, weight_decay, seed,
               backbone, balance] = settings;
  (void)backbone;
  return {net,    alpha, input,         classes,      head, blocks,
          epochs, batch, learning_rate, weight_decay, seed, balance};
}

std::string data_mark(const std::vector<Example>& examples, const std::vector<Example>& validation) {
  std::string hashes;
  for (const auto* set : {&examples, &validation}) {
    for (const Example& example : *set) {
      const auto& [rgb, answer_class, large, group] = example;
      (void)group;  // says nothing to a net
      hashes += mark(rgb) + mark(large) + std::to_string(answer_class) + ' ';
    }
    hashes += '/';
  }
  return sha256(hashes);
}

}  // namespace dew::student
