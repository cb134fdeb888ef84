// Training: what a net learns from, how it is trained, and what comes out.
//
// A net's input is the picture's bytes p, read as int8 q = p - 128 and as reals x = (q + 1) / 127.5: float
// training sees exactly what the int8 graph sees.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/base.h"

namespace dew::student {

/// A picture of input x input x 3 bytes, and the class it shows.
struct Example {
  std::vector<uint8_t> rgb;
  int answer_class = 0;
  /// The same picture, square, with a side of up to large_side(input) pixels: a window cut out of it and
  /// scaled down is as sharp as what the net will see; one cut out of `rgb` is not. Empty where the original
  /// is no larger than `rgb`.
  std::vector<uint8_t> large{};
  /// Pictures of one group show nearly the same: whoever judges a net by some must not train it on others.
  int64_t group = 0;
};

/// Their rgb, in their order.
std::vector<std::vector<uint8_t>> pictures_of(const std::vector<Example>& examples);

/// The side of Example::large in pixels: four thirds of the net's input.
constexpr int large_side(int input) {
  return input * 4 / 3;
}

struct TrainSettings {
  std::string net = "mobilenet_v2";  ///< one of all_nets()
  double alpha = 0.35;               ///< width multiplier
  int input = 96;                    ///< side in pixels, a multiple of 16
  int classes = 2;
  int head = 0;    ///< mobilenet_v2 only: channels of the last convolution; 0: the paper's 1280
  int blocks = 0;  ///< mobilenet_v2 only: how many bottlenecks, counted from the first; 0: all 17
  int epochs = 0;  ///< passes over the pictures; 0: usual_epochs()
  int batch = 0;   ///< pictures per step; 0: the recipe's own
  double learning_rate = 1e-2;
  double weight_decay = 0.05;
  uint64_t seed = 1;
  /// What the net starts from, as features() takes it; "random": random weights.
  std::string backbone = "random";
  /// How much a rare class's pictures weigh more, 0 to 1. 0: every picture weighs the same, which suits
  /// pictures that come as often as they will later; 1: every class weighs the same.
  double balance = 0;
};

/// 60 from random weights, 30 from a backbone, which has learned most of it already.
int usual_epochs(const std::string& backbone);

/// Of `epochs`, those for which strong and mild augmentation are both tried from a backbone: a third.
int trial_epochs(int epochs);

/// The settings with the usual number of epochs where they say 0.
TrainSettings with_usual_epochs(TrainSettings settings);

/// Error (usage): a net that does not exist or cannot have this shape; a number of classes or epochs, a batch
/// size or a rate out of range.
Result<void> check_settings(const TrainSettings& settings);

/// One epoch of the learning curve.
struct EpochFigures {
  int epoch = 0;  ///< from 1
  double train_loss = 0;
  double train_accuracy = 0;
  double validation_loss = 0;  ///< 0 without validation pictures, as is the next
  double validation_accuracy = 0;
};

struct Trained {
  std::vector<EpochFigures> curve;
  double validation_accuracy = 0;  ///< of the net that was kept; 0 without validation pictures
  double images_per_second = 0;    ///< forward and backward, over the whole training
  std::string recipe;              ///< from a backbone: which augmentation, by its name; else empty
  size_t unlabelled = 0;           ///< pictures without a label that the net was taught by, too
  /// train_with_unlabelled(): the validation accuracies of the net that the labels alone taught, and of the
  /// one that saw the unlabelled pictures, too; the better of them is kept. Absent: there is only one net.
  std::optional<double> labelled_alone{};
  std::optional<double> with_unlabelled{};
};

/// Trains a net and writes `folder`/weights.pt. After every epoch `folder` holds a checkpoint; called again
/// after an interrupt or a kill, training resumes from it and gives the net that an uninterrupted run gives.
/// Equal seeds give equal nets. Error: bad settings, no such backbone, a picture of another size, a class
/// without a picture, a loss that is not a number, out of memory, interrupted.
Result<Trained> train(const std::vector<Example>& examples, const std::vector<Example>& validation,
                      const TrainSettings& settings, const fs::path& folder, Watch& watch);

}  // namespace dew::student
