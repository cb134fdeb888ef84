// backbone: nets that trainings start from. List them, keep one that others trained, or make one.
//
// Imported ones lie in the user's data folder, see student/backbone_store.h.
#pragma once

#include <string>
#include <vector>

#include "student/pretrain.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

struct BackboneInfo {
  std::string name;
  double alpha = 0;
  int input = 0;        ///< pixels that it was trained at
  int64_t numbers = 0;  ///< parameters and batch norms' moments
  std::string sha256;   ///< of our own file
  std::string origin;   ///< data, recipe, file or URL, licence
};

struct BackbonesOutcome : Outcome {
  std::vector<BackboneInfo> backbones;  ///< the bundled one, where there is one, then the imported by name
  fs::path folder;                      ///< of the imported ones
};

/// What trainings can start from, beside random weights. One that cannot be read is told and left out.
Result<BackbonesOutcome> list_backbones(Watch& watch);

/// Whether a training knows the backbone by this name: "bundled", "random", an imported one's, or empty. A
/// file's path is none.
bool is_backbone_name(const std::string& text);

struct ImportBackboneArgs {
  fs::path file;         ///< a Keras .h5, a PyTorch state file or one of our own, of a MobileNetV2
  std::string name;      ///< empty: the file's
  bool replace = false;  ///< an earlier one of that name
};

struct PullBackboneArgs {
  std::string url;       ///< http or https, of such a file
  std::string name;      ///< empty: the file's
  std::string sha256;    ///< that the file must have; empty: the one it had when it was first fetched
  bool replace = false;  ///< an earlier one of that name
};

struct BackboneOutcome : Outcome {
  BackboneInfo backbone;
  fs::path file;  ///< where it is kept
};

/// Reads a file and keeps it by a name. Error: the file, not a backbone, a name that cannot be or is taken
/// (usage).
Result<BackboneOutcome> import_backbone(const ImportBackboneArgs& args, Watch& watch);

/// Fetches such a file. The SHA-256 of what a URL gives is remembered, and another one refused later, unless
/// `sha256` names it. Error: import_backbone()'s, the network, another SHA-256; then nothing is kept.
Result<BackboneOutcome> pull_backbone(const PullBackboneArgs& args, Watch& watch);

struct TrainBackboneArgs {
  std::vector<fs::path> pictures;  ///< files, or folders of them; no labels are needed
  fs::path teacher;                ///< an int8 .tflite that classifies pictures
  fs::path work;                   ///< lessons and checkpoints, kept so that a broken run goes on
  fs::path out;                    ///< the backbone's file
  std::string name;                ///< empty: the file's
  int views = 3;                   ///< crops of each picture, the whole one included; 1...64
  std::vector<student::PretrainStage> stages{{64, 45}, {96, 14}};
  student::PretrainSettings settings;  ///< its stages, name and origin are set by the verb
};

/// "64x45,96x14": 45 epochs at 64 pixels, then 14 at 96. Error: a part that is no such pair (usage).
Result<std::vector<student::PretrainStage>> parse_stages(const std::string& text);

struct TrainBackboneOutcome : Outcome {
  std::string backbone;  ///< its name
  fs::path file;
  int64_t bytes = 0;
  std::string sha256;
  int64_t pictures = 0;
  std::string origin;
};

/// Teaches a MobileNetV2 what a larger net sees in unlabelled pictures. Killed or interrupted, the same
/// arguments go on where it was. Error: no pictures, a teacher that is not an int8 classifier or has another
/// number of features, a `work` folder of other lessons, interrupted.
Result<TrainBackboneOutcome> train_backbone(const TrainBackboneArgs& args, Watch& watch);

Json to_json(const BackboneInfo& info);
Json to_json(const BackbonesOutcome& outcome);
Json to_json(const BackboneOutcome& outcome);
Json to_json(const TrainBackboneOutcome& outcome);

}  // namespace dew::verbs
