// `train`: the labels become a net in float and in int8, in a run of its own; within limits, the net that
// fits the board best is searched for.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "search/search.h"
#include "store/store.h"
#include "student/student.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

struct TrainArgs {
  fs::path project;
  std::vector<std::function<void(Settings&)>> changes;  ///< to [student]: they go before dewdrop.toml
  search::Limits limits;                                ///< with any of them the net is searched for
  bool keep_done = false;  ///< a finished run with the same settings and labels serves again
};

/// From which score on the int8 net's class is taken as decided.
struct ClassThreshold {
  std::string name;
  double score = 0;     ///< 0...1; 0: whatever the score
  bool reached = true;  ///< false: no score gives the wanted precision, and this one comes nearest
  bool enough = true;   ///< false: too few validation pictures were said to be of the class to choose one
};

/// What rounding to int8 kept of the net. Accuracies are those on the validation pictures, absent without
/// any.
struct Int8Result {
  std::optional<double> float_accuracy;
  std::optional<double> calibrated_accuracy;  ///< of calibration alone
  std::optional<double> tuned_accuracy;       ///< fine-tuned in int8; absent where that was not done
  bool kept_tuned = false;
  double precision = 0;                    ///< that the thresholds were chosen for; 0: none was wanted
  std::vector<ClassThreshold> thresholds;  ///< one a class; none where none could be chosen
};

/// What a search over nets found.
struct NetSearch {
  search::Limits limits;
  std::string board;
  std::vector<search::Candidate> candidates;  ///< all that were trained, the best first
  target::Figures figures;                    ///< of the net that was taken, trained and measured
  fs::path report;                            ///< the page with all of them
};

struct TrainOutcome : Outcome {
  int64_t run = 0;
  std::string folder;               ///< of the run, relative to the project
  student::TrainSettings settings;  ///< as they were in the end
  bool already_done = false;  ///< an earlier run with the very same settings and labels; nothing was trained
  int64_t train_samples = 0;  ///< labelled for training
  int64_t pictures = 0;       ///< of these, the ones that could be read; 0 where nothing was trained
  std::vector<student::EpochFigures> curve;
  double images_per_second = 0;
  std::optional<double> validation_accuracy;  ///< in float; absent without validation pictures
  std::optional<Int8Result> int8;             ///< absent where nothing was trained
  std::optional<NetSearch> search;            ///< of training within limits
};

/// Trains, rounds to int8 and writes the run's folder: weights.pt, model.tflite, metrics.json ... Interrupted
/// or killed and called again with the same arguments and labels, it goes on with the epoch it was in, and
/// the net is the same. Error: nothing to learn, a class without pictures, settings or a backbone that cannot
/// be, no net within the limits, interrupted.
Result<TrainOutcome> train(const TrainArgs& args, Watch& watch);

/// Whether there is anything to search for.
bool limited(const search::Limits& limits);

Json to_json(const TrainOutcome& outcome);

}  // namespace dew::verbs
