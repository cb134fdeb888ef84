// A task small enough to learn in a second: is the shape red or blue, whatever else it is?
#pragma once

#include <cstdlib>
#include <vector>

#include "student/predict.h"
#include "student/random.h"
#include "student/student.h"

namespace dew::student {

constexpr int kShapeInput = 32;

/// A reddish (class 0) or bluish (class 1) disc or cross of random size and place on a random dark ground.
inline Example shape(uint64_t seed, uint64_t number) {
  Random random(seed, 99, number);
  Example example;
  example.answer_class = static_cast<int>(number % 2);
  const int radius = 6 + static_cast<int>(random.below(5));
  const int cx = 11 + static_cast<int>(random.below(10));
  const int cy = 11 + static_cast<int>(random.below(10));
  const bool round = random.uniform() < 0.5;
  uint8_t ground[3], colour[3];
  for (int c = 0; c < 3; ++c) {
    ground[c] = static_cast<uint8_t>(random.below(60));
    const bool bright = c == (example.answer_class == 0 ? 0 : 2);
    colour[c] = static_cast<uint8_t>((bright ? 150 : 60) + random.below(60));
  }
  for (int y = 0; y < kShapeInput; ++y) {
    for (int x = 0; x < kShapeInput; ++x) {
      const int dx = std::abs(x - cx);
      const int dy = std::abs(y - cy);
      const bool disc = dx * dx + dy * dy <= radius * radius;
      const bool cross = dx <= radius && dy <= radius && (dx <= 1 || dy <= 1);
      const bool inside = round ? disc : cross;
      for (int c = 0; c < 3; ++c) example.rgb.push_back(inside ? colour[c] : ground[c]);
    }
  }
  return example;
}

inline std::vector<Example> shapes(uint64_t seed, int count) {
  std::vector<Example> examples;
  for (int i = 0; i < count; ++i) examples.push_back(shape(seed, static_cast<uint64_t>(i)));
  return examples;
}

/// `count` shapes of which only `blue` are blue.
inline std::vector<Example> rare_blue(uint64_t seed, int count, int blue) {
  std::vector<Example> examples;
  for (int i = 0; i < count; ++i)
    examples.push_back(shape(seed, static_cast<uint64_t>(i < blue ? 2 * i + 1 : 2 * i)));
  return examples;
}

/// The mean probability that the net in `folder` gives to a class.
inline double mean_score(const fs::path& folder, const std::vector<Example>& examples, int answer_class) {
  Watch watch;
  const auto rows = predict(folder, pictures_of(examples), watch).value();
  double sum = 0;
  for (const auto& row : rows) sum += row[static_cast<size_t>(answer_class)];
  return sum / static_cast<double>(examples.size());
}

/// Settings under which the shapes are learned quickly.
inline TrainSettings shape_settings() {
  TrainSettings settings;
  settings.input = kShapeInput;
  settings.epochs = 12;
  settings.batch = 16;
  settings.learning_rate = 1e-2;
  return settings;
}

}  // namespace dew::student
