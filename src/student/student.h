// student: the net, its training and its quantisation. LibTorch stays in here: no type of it shows.
//
// The net is MobileNetV2 (Sandler et al. 2018, arXiv 1801.04381) with Keras' channel rounding. Its input
// is the picture's bytes p as int8 q = p - 128, read as real x = (q + 1) / 127.5: float training sees
// exactly what the int8 graph sees.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/base.h"
#include "graph/graph.h"

namespace dew::student {

/// A picture of input x input x 3 bytes, and what it shows.
struct Example {
  std::vector<uint8_t> rgb;
  int answer_class = 0;
  float confidence = 1;  ///< that the answer is right; the rest is spread over the other classes
  /// The same picture, square, at large_side(input) or less: a window cut out of it and shrunk is as sharp as
  /// what the net will see, one cut out of `rgb` is not. Empty where the original is no larger than `rgb`.
  std::vector<uint8_t> large{};
};

/// Pixels of Example::large's side: four thirds of the net's input.
constexpr int large_side(int input) {
  return input * 4 / 3;
}

struct TrainSettings {
  std::string net = "mobilenet_v2";  ///< or "mobilenet_v1", "tiny"
  double alpha = 0.35;               ///< width multiplier
  int input = 96;                    ///< pixels; a multiple of 16
  int classes = 2;
  int head = 0;    ///< mobilenet_v2's: channels of its last convolution; 0: the paper's 1280
  int blocks = 0;  ///< mobilenet_v2's: its first so many bottlenecks; 0: all 17
  int epochs = 0;  ///< passes over the pictures; 0: usual_epochs()
  int batch = 0;   ///< pictures a step; 0: the recipe's own
  double learning_rate = 1e-2;
  double weight_decay = 0.05;
  uint64_t seed = 1;
  /// What the net starts from, as features() takes it; "random" is a net that knows nothing.
  std::string backbone = "random";
  /// How much rare classes are made up for: 0 not at all, 1 so that all classes weigh the same. Takes part in
  /// training from a backbone.
  double balance = 0;
};

/// 60 from random weights, 30 from a backbone, which knows most of it already.
int usual_epochs(const std::string& backbone);

/// Error (usage): a net that cannot be, a number of classes or epochs, batch or rate that no training has.
Result<void> check_settings(const TrainSettings& settings);

/// One epoch, for the curve.
struct EpochFigures {
  int epoch = 0;  ///< from 1
  double train_loss = 0;
  double train_accuracy = 0;
  double validation_loss = 0;  ///< 0 where there is no validation split
  double validation_accuracy = 0;
};

struct Trained {
  std::vector<EpochFigures> curve;
  double validation_accuracy = 0;  ///< of the net that was kept
  double images_per_second = 0;    ///< forward and backward, over the whole training
};

/// Trains and writes `folder`/weights.pt. After every epoch `folder`/checkpoint.pt holds all that is needed
/// to go on; called again after an interrupt or a kill it does, and the result is what an unbroken run
/// gives: the same seed gives the same net. Error: no example of a class, a loss that is not a number,
/// out of memory, interrupted.
Result<Trained> train(const std::vector<Example>& examples, const std::vector<Example>& validation,
                      const TrainSettings& settings, const fs::path& folder, Watch& watch);

/// Class probabilities in float, one row a picture (each input * input * 3 bytes).
Result<std::vector<std::vector<float>>> predict(const fs::path& folder,
                                                std::span<const std::vector<uint8_t>> pictures, Watch& watch);

/// Global-average features of a frozen backbone, one row a picture (each input * input * 3 bytes): what a
/// classifier on top of it reads; 1280 numbers for alpha up to 1. `backbone` is "bundled", "random" (fixed
/// random weights), an imported one's name, or the path of a backbone's, a Keras or a PyTorch file. Pictures
/// go through in batches; nothing but the result grows with their number.
Result<std::vector<std::vector<float>>> features(const std::string& backbone, int input,
                                                 std::span<const std::vector<uint8_t>> pictures,
                                                 Watch& watch);

/// "bundled", or "random" in a build that has none.
std::string default_backbone();

/// What a net starts from unless it is told: the bundled backbone if it is of that net and alpha, or
/// "random".
std::string fitting_backbone(const TrainSettings& settings);

/// From what an activation takes over the calibration's pictures to the range that int8 covers.
enum class Ranges {
  kHistogram,  ///< the least squared error of rounding and clipping together
  kMinMax,     ///< everything
};

/// Whether the int8 net is trained further in its own arithmetic.
enum class Qat {
  kAuto,  ///< where calibration alone costs accuracy on the validation pictures
  kOn,
  kOff,
};

struct QuantiseSettings {
  Ranges ranges = Ranges::kHistogram;
  bool equalise = false;  ///< even out the channels of residual streams first (equalise.h)
  Qat qat = Qat::kAuto;   ///< for quantise_best()
  uint64_t seed = 1;      ///< of that training
};

/// Folds batch norms, calibrates activations on `pictures` (never the test split) and gives the int8
/// graph: int8 NHWC in (scale 1/127.5, zero point -1), int8 softmax out. `name` and `classes` go into it.
Result<graph::Graph> quantise(const fs::path& folder, std::span<const std::vector<uint8_t>> pictures,
                              const std::string& name, const std::vector<std::string>& classes, Watch& watch,
                              const QuantiseSettings& settings = {});

/// Scores (probabilities) that an int8 graph gives to pictures, a row each: how it is run is not this room's.
using RunInt8 = std::function<Result<std::vector<std::vector<float>>>(
    const graph::Graph&, const std::vector<std::vector<uint8_t>>&)>;

/// On the validation pictures.
struct Int8Figures {
  double accuracy = 0;
  double loss = 0;  ///< cross-entropy
};

struct Quantised {
  graph::Graph graph;
  std::optional<Int8Figures> reals;  ///< of the float net; absent without validation pictures, as the next
  std::optional<Int8Figures> calibrated;  ///< of calibration alone
  std::optional<Int8Figures> trained;  ///< after quantisation-aware fine-tuning; absent where none was done
  bool kept_trained = false;
  std::vector<std::vector<float>> scores;  ///< of the validation pictures, by the graph that was kept
};

/// quantise() on the training pictures, and quantisation-aware fine-tuning where settings ask for it. The
/// validation pictures choose: the trained net is kept if its int8 accuracy is higher, or equal with a lower
/// loss. Without validation pictures nothing is trained, since nobody could tell whether it helped.
Result<Quantised> quantise_best(const fs::path& folder, const std::vector<Example>& examples,
                                const std::vector<Example>& validation, const std::string& name,
                                const std::vector<std::string>& classes, const QuantiseSettings& settings,
                                const RunInt8& run, Watch& watch);

/// The score from which on a class is said; below it the answer is "unknown".
struct Threshold {
  double score = 0;     ///< 0: always said
  bool reached = true;  ///< false: no score gives the wanted precision, and this one comes nearest
  int64_t said = 0;     ///< validation pictures that the net takes for this class
};

/// For each class the lowest score with which, of the validation pictures said to be it, at least `precision`
/// are. A class that fewer than ten are taken for has no threshold: they could not tell it.
std::vector<Threshold> choose_thresholds(const std::vector<std::vector<float>>& scores,
                                         const std::vector<int>& answers, int classes, double precision);

/// The same of a net that has learned nothing: its weights mean nothing, but the compiler's RAM, flash and
/// instructions for it are those that the trained one will have, give or take what single numbers decide.
Result<graph::Graph> sketch(const TrainSettings& settings, const std::string& name,
                            const std::vector<std::string>& classes);

/// The dense layer behind the teacher's features, as reals: scores = weights * features + bias, where a
/// feature is scale * (int8 - zero_point).
struct TeacherHead {
  int features = 0;
  int outputs = 0;
  float scale = 0;
  int zero_point = 0;
  std::vector<float> weights;  ///< [outputs, features]
  std::vector<float> bias;
};

/// What a backbone is taught by: views of pictures, and a larger net's features of each.
struct Lessons {
  int size = 0;                   ///< pixels of a view's side
  int views = 0;                  ///< of each picture; they follow one another
  std::vector<uint8_t> pictures;  ///< [pictures * views, size, size, 3]
  std::vector<uint8_t> targets;   ///< [pictures * views, head.features], int8
  TeacherHead head;
};

/// One part of pretraining, at one size of the input.
struct PretrainStage {
  int input = 0;
  int epochs = 0;  ///< an epoch shows one view of each picture
};

struct PretrainSettings {
  double alpha = 0.35;
  std::vector<PretrainStage> stages;
  int batch = 64;
  double learning_rate = 4e-3;
  double weight_decay = 0.05;
  double temperature = 2.0;      ///< of both softmaxes
  double features_weight = 2.0;  ///< of the loss on features, beside that on scores
  uint64_t seed = 1;
  fs::path from;       ///< a backbone to start from; empty: random weights
  std::string name;    ///< what the backbone will be called
  std::string origin;  ///< what its file says of where it comes from
};

/// Teaches a MobileNetV2 without a head what a larger net sees (Hinton et al., arXiv 1503.02531; the views
/// are the teacher's own, as Beyer et al., arXiv 2106.05237, found to matter): its features are to be the
/// teacher's, and the teacher's own dense layer is to read the same scores off them. Writes
/// `folder`/backbone.dewb and a checkpoint after every epoch, and goes on after a break. Error: lessons that
/// do not hold together, a teacher with another number of features, a loss that is not a number.
Result<void> pretrain(const Lessons& lessons, const PretrainSettings& settings, const fs::path& folder,
                      Watch& watch);

}  // namespace dew::student
