// From a trained float net to an int8 graph.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/base.h"
#include "graph/graph.h"
#include "student/train.h"

namespace dew::student {

/// How the range that int8 covers is chosen from the values an activation takes on the calibration pictures.
/// In the order of kCalibrationWords (store/student_options.h).
enum class Ranges {
  kHistogram,  ///< the least squared error of rounding and clipping together
  kMinMax,     ///< everything
};

/// Whether the int8 net is trained further in its own arithmetic. In the order of kQatWords.
enum class Qat {
  kAuto,  ///< only where calibration alone costs accuracy on the validation pictures
  kOn,
  kOff,
};

/// The values of dewdrop.toml's keys `calibration` and `qat`. Error (usage): another word.
Result<Ranges> parse_ranges(const std::string& word);
Result<Qat> parse_qat(const std::string& word);

struct QuantiseSettings {
  Ranges ranges = Ranges::kHistogram;
  bool equalise = false;  ///< even out the channels of residual streams first (equalise.h)
  Qat qat = Qat::kAuto;   ///< for quantise_best()
  uint64_t seed = 1;      ///< of the quantisation-aware fine-tuning
};

/// Folds batch norms, calibrates activations on `pictures` (never the test split) and gives the int8
/// graph: int8 NHWC in (scale 1/127.5, zero point -1), int8 softmax out. `name` and `classes` go into it.
/// Error: no usable weights, another number of classes, no pictures or one of another size, a net that
/// computes values that are not numbers, out of memory, interrupted.
Result<graph::Graph> quantise(const fs::path& folder, std::span<const std::vector<uint8_t>> pictures,
                              const std::string& name, const std::vector<std::string>& classes, Watch& watch,
                              const QuantiseSettings& settings = {});

/// Probabilities that an int8 graph gives for pictures, one row each. The caller decides how it is run.
using RunInt8 = std::function<Result<std::vector<std::vector<float>>>(
    const graph::Graph&, const std::vector<std::vector<uint8_t>>&)>;

/// On the validation pictures.
struct Int8Figures {
  double accuracy = 0;
  double loss = 0;  ///< cross-entropy
};

struct Quantised {
  graph::Graph graph;
  /// Of the float net, and of calibration alone. Absent without validation pictures.
  std::optional<Int8Figures> reals;
  std::optional<Int8Figures> calibrated;
  std::optional<Int8Figures> trained;  ///< after quantisation-aware fine-tuning; absent where none was done
  bool kept_trained = false;
  std::vector<std::vector<float>> scores;  ///< of the validation pictures, by the graph that was kept
};

/// quantise() on the training pictures, and quantisation-aware fine-tuning where the settings ask for it. The
/// validation pictures choose: the fine-tuned net is kept if its int8 accuracy is higher, or equal with a
/// lower loss. Without validation pictures nothing is fine-tuned, since nothing could tell whether it helped.
/// Error: as quantise(); what `run` returns.
Result<Quantised> quantise_best(const fs::path& folder, const std::vector<Example>& examples,
                                const std::vector<Example>& validation, const std::string& name,
                                const std::vector<std::string>& classes, const QuantiseSettings& settings,
                                const RunInt8& run, Watch& watch);

/// The int8 graph of an untrained net: its numbers mean nothing, but the RAM, flash and instructions that the
/// compiler reports for it are those of the trained net, but for the little that depends on single weights.
/// Error: bad settings, out of memory.
Result<graph::Graph> sketch(const TrainSettings& settings, const std::string& name,
                            const std::vector<std::string>& classes);

}  // namespace dew::student
