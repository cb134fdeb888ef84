// runs: what is known of a project's trainings: figures, curves, what the nets confuse; and one net that says
// what it sees in a picture.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

/// One training run, from its record; what is damaged there is left out.
struct RunSummary {
  int64_t run = 0;
  std::string folder;  ///< relative to the project
  bool gone = false;   ///< the folder is not there any more: figures are all that is left
  std::string state;   ///< "training", "done"
  std::string at;
  std::optional<double> validation_accuracy;  ///< in float
  std::optional<double> test_accuracy;        ///< in float, and
  std::optional<double> int8_accuracy;        ///< int8 on the host; both absent before `test`
  Json settings;                              ///< it was asked for
  std::string labels;                         ///< which set was right when it was tested; empty: not tested
  Json curve;                                 ///< as in metrics.json: an object an epoch
  Json metrics;                               ///< all that is known, the keys of metrics.json
};

/// `project`: any folder inside it. Oldest first.
Result<std::vector<RunSummary>> list_runs(const fs::path& project);
/// Absent: there is no run of this number.
Result<std::optional<RunSummary>> find_run(const fs::path& project, int64_t run);

Json to_json(const RunSummary& run);
/// With the curve, the metrics and what `test` found.
Json detail_json(const RunSummary& run);

/// What `test` keeps of each labelled sample of the test split, as JSON in the run's folder
/// (kPredictionsFile).
struct Prediction {
  int64_t sample = 0;
  int label = 0;     ///< indices into the classes: the label that stood
  int in_float = 0;  ///< what the float net said
  int in_int8 = 0;   ///< what the int8 net said
  double score = 0;  ///< of that, 0...1
};
inline constexpr const char* kPredictionsFile = "predictions.json";

struct Predictions {
  std::vector<std::string> classes;
  std::vector<Prediction> samples;
};
std::string to_text(const Predictions& predictions);

/// Of a run's last `test`. Absent: it was not tested, or by a Dewdrop that did not keep them. Error: damaged.
Result<std::optional<Predictions>> read_predictions(const fs::path& project, const RunSummary& run);

/// {"classes", "float", "int8": counts[label][said], "samples": [{"id", "label", "said", "score"}]}; `said`
/// is the int8 net's.
Json confusion_json(const Predictions& predictions);

struct Classified {
  std::string top;             ///< the class with the highest score
  double score = 0;            ///< of that class
  bool decided = true;         ///< false: below its threshold, or a stranger
  std::optional<bool> known;   ///< false: a stranger, says the gate; absent: there is none
  std::vector<double> scores;  ///< one a class
  std::vector<std::string> classes;
  double milliseconds = 0;  ///< of the inference alone, on this host
};

/// The int8 net of a run on this host. One thread at a time.
class RunClassifier {
 public:
  /// Error: no finished run of this number, load_model()'s.
  static Result<RunClassifier> open(const fs::path& project, int64_t run);
  RunClassifier(RunClassifier&&) noexcept;
  RunClassifier& operator=(RunClassifier&&) noexcept;
  ~RunClassifier();
  [[nodiscard]] int64_t run() const;
  /// A picture's file. Error: not a picture, too large.
  Result<Classified> classify(std::string_view bytes);

 private:
  struct Inside;
  explicit RunClassifier(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

Json to_json(const Classified& classified);

}  // namespace dew::verbs
