// Quantisation: from a trained net and pictures to an int8 graph; the validation pictures choose between two.
#include "student/quantise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "store/student_options.h"
#include "student/calibrate.h"
#include "student/equalise.h"
#include "student/examples.h"
#include "student/fold.h"
#include "student/int8_net.h"
#include "student/qat.h"
#include "student/training.h"
#include "student/weights.h"

namespace dew::student {
namespace {

using Pictures = std::vector<std::vector<uint8_t>>;

Result<Weights> weights_for(const fs::path& folder, const std::vector<std::string>& classes) {
  DEW_TRY(Weights weights, load_weights(folder));
  if (static_cast<int>(classes.size()) != weights.architecture.classes) {
    return usage_error("the net has " + std::to_string(weights.architecture.classes) + " classes, but " +
                           std::to_string(classes.size()) + " are named",
                       folder.string(), "train again after changing the classes");
  }
  return weights;
}

/// The float net that int8 starts from.
Result<FoldedNet> folded(const Weights& weights, std::span<const std::vector<uint8_t>> pictures,
                         const QuantiseSettings& settings, Watch& watch) {
  FoldedNet net = fold(weights.architecture, weights.parameters.data(), weights.statistics.data());
  if (settings.equalise) DEW_CHECK(equalise(net, pictures, watch));
  return net;
}

/// int8 scores are multiples of 1 / 256, so that the true class may have 0: that counts as half a step.
Int8Figures figures_of(const std::vector<std::vector<float>>& scores, const std::vector<Example>& examples) {
  Int8Figures figures;
  for (size_t i = 0; i < scores.size(); ++i) {
    const auto& row = scores[i];
    const int answer = examples[i].answer_class;
    figures.accuracy += std::max_element(row.begin(), row.end()) - row.begin() == answer ? 1.0 : 0.0;
    figures.loss -= std::log(std::max<double>(row[answer], 1.0 / 512.0));
  }
  figures.accuracy /= static_cast<double>(scores.size());
  figures.loss /= static_cast<double>(scores.size());
  return figures;
}

bool better(const Int8Figures& a, const Int8Figures& b) {
  return a.accuracy > b.accuracy || (a.accuracy == b.accuracy && a.loss < b.loss);
}

bool wants_training(Qat qat, const Quantised& now) {
  if (qat == Qat::kOff || !now.calibrated) return false;
  return qat == Qat::kOn || now.calibrated->accuracy < now.reals->accuracy;
}

/// The enumerators stand in the order of their words.
template <typename Enum, size_t kCount>
Result<Enum> parse_word(const char* key, const std::string& word,
                        const std::array<std::string_view, kCount>& words) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found != words.end()) return static_cast<Enum>(found - words.begin());
  return usage_error(std::string(key) + " is '" + printable(word, 40) + "'", {},
                     "it is one of: " + join({words.begin(), words.end()}));
}

static_assert(store::kCalibrationWords[static_cast<size_t>(Ranges::kHistogram)] == "histogram");
static_assert(store::kCalibrationWords[static_cast<size_t>(Ranges::kMinMax)] == "min-max");
static_assert(store::kQatWords[static_cast<size_t>(Qat::kAuto)] == "auto");
static_assert(store::kQatWords[static_cast<size_t>(Qat::kOn)] == "on");
static_assert(store::kQatWords[static_cast<size_t>(Qat::kOff)] == "off");

}  // namespace

Result<Ranges> parse_ranges(const std::string& word) {
  return parse_word<Ranges>("calibration", word, store::kCalibrationWords);
}

Result<Qat> parse_qat(const std::string& word) {
  return parse_word<Qat>("qat", word, store::kQatWords);
}

Result<graph::Graph> quantise(const fs::path& folder, std::span<const std::vector<uint8_t>> pictures,
                              const std::string& name, const std::vector<std::string>& classes, Watch& watch,
                              const QuantiseSettings& settings) {
  return guarded("quantising the net", [&]() -> Result<graph::Graph> {
    DEW_TRY(const Weights weights, weights_for(folder, classes));
    DEW_TRY(const FoldedNet net, folded(weights, pictures, settings, watch));
    DEW_TRY(const Calibration calibration, calibrate(net, pictures, settings.ranges, watch));
    return to_graph(round_net(net, calibration), name, classes);
  });
}

Result<Quantised> quantise_best(const fs::path& folder, const std::vector<Example>& examples,
                                const std::vector<Example>& validation, const std::string& name,
                                const std::vector<std::string>& classes, const QuantiseSettings& settings,
                                const RunInt8& run, Watch& watch) {
  return guarded_training("quantising the net", [&]() -> Result<Quantised> {
    DEW_TRY(const Weights weights, weights_for(folder, classes));
    const Pictures pictures = pictures_of(examples);
    DEW_TRY(const FoldedNet net, folded(weights, pictures, settings, watch));
    DEW_TRY(const Calibration calibration, calibrate(net, pictures, settings.ranges, watch));
    const Int8Net calibrated = round_net(net, calibration);
    Quantised result;
    result.graph = to_graph(calibrated, name, classes);
    if (validation.empty()) return result;

    const Pictures held_out = pictures_of(validation);
    const Scores reals = evaluate(net, validation);
    result.reals = Int8Figures{reals.accuracy, reals.loss};
    DEW_TRY(result.scores, run(result.graph, held_out));
    result.calibrated = figures_of(result.scores, validation);
    if (!wants_training(settings.qat, result)) return result;

    DEW_TRY(const Int8Net trained, train_rounded(calibrated, net, pictures, {}, settings.seed, watch));
    graph::Graph graph = to_graph(trained, name, classes);
    DEW_TRY(auto scores, run(graph, held_out));
    result.trained = figures_of(scores, validation);
    result.kept_trained = better(*result.trained, *result.calibrated);
    if (result.kept_trained) {
      result.graph = std::move(graph);
      result.scores = std::move(scores);
    }
    return result;
  });
}

}  // namespace dew::student
