// `train`: teaches a net the labels and rounds it to int8, in a run of its own. Given limits, it searches for
// the best net that keeps to them on the project's board.
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
  std::vector<std::function<void(Settings&)>> changes = {};  ///< to [student], for this call only
  std::string labels = {};     ///< which labels teach, for label::parse_label_set(); empty: all of them
  search::Limits limits = {};  ///< if any is set, the net's shape is searched for
  bool keep_done = false;      ///< return an earlier finished run with equal settings and labels
};

/// The score from which on the int8 net's answer counts as decided.
struct ClassThreshold {
  std::string name;
  double score = 0;     ///< 0...1; 0: always
  bool reached = true;  ///< false: no score reaches the wanted precision for this class alone
  int64_t said = 0;     ///< pictures that it is said of, of those that the thresholds were chosen by
  int64_t right = 0;    ///< of those
};

/// The net rounded to int8. Accuracies are on the validation pictures; absent if there are none.
struct Int8Result {
  std::optional<double> float_accuracy;
  std::optional<double> calibrated_accuracy;  ///< of calibration alone
  std::optional<double> tuned_accuracy;       ///< after fine-tuning in int8; absent if that was not done
  bool kept_tuned = false;
  double precision = 0;                    ///< that thresholds were chosen for; 0: none were wanted
  std::vector<ClassThreshold> thresholds;  ///< one a class; empty if none could be chosen
  student::Thresholds chosen;              ///< what they were chosen by, and whether they are a promise
  student::Gating gating;                  ///< what tells strangers
};

/// The result of a search over nets.
struct NetSearch {
  search::Limits limits;
  std::string board;
  std::vector<search::NetCandidate> candidates;  ///< all that were trained, the best first
  target::Figures figures;                       ///< of the chosen net, measured after training
  fs::path report;                               ///< the page that compares them
};

struct TrainOutcome : Outcome {
  int64_t run = 0;
  std::string folder;               ///< of the run, relative to the project
  std::string labels;               ///< which labels taught: "current", "people", "teacher:..."
  student::TrainSettings settings;  ///< with the backbone and the epochs that were used
  bool already_done = false;        ///< nothing was trained: this is an earlier run, see keep_done
  int64_t train_samples = 0;        ///< labelled samples of the training split
  int64_t pictures = 0;             ///< those of them that could be read; 0 if nothing was trained
  std::vector<student::EpochFigures> curve;
  double images_per_second = 0;
  std::optional<double> validation_accuracy;  ///< in float; absent without validation pictures
  int64_t unlabelled = 0;                     ///< pictures without a label that the net learned from, too
  std::optional<double> labelled_alone;   ///< validation accuracies, see student::Trained; absent where no
  std::optional<double> with_unlabelled;  ///< second net was trained
  std::optional<Int8Result> int8;         ///< absent if nothing was trained
  Json promise = nullptr;                 ///< promise_json(); also of an earlier run that has it
  std::optional<NetSearch> search;        ///< present if limits were given
};

/// Trains, rounds to int8 and writes the run's folder: weights.pt, model.tflite, metrics.json ... After an
/// interrupt or a kill, the same call goes on with the epoch it was in and gives the same net. Error: nothing
/// to learn, a class without pictures, bad settings or backbone, no net within the limits, interrupted.
Result<TrainOutcome> train(const TrainArgs& args, Watch& watch);

/// What may be expected of the thresholds and the gate, in a few sentences; empty where none were wanted.
std::string promise_text(const Int8Result& result);

/// Whether any limit is set.
bool limited(const search::Limits& limits);

Json to_json(const TrainOutcome& outcome);

}  // namespace dew::verbs
