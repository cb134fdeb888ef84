// `deploy`: the net, or any int8 .tflite, packaged for somebody else's build. The formats are the deploy
// room's.
#pragma once

#include <string>
#include <vector>

#include "deploy/deploy.h"
#include "verbs/common/model.h"

namespace dew::verbs {

struct DeployArgs {
  ModelArgs model;
  std::string target;           ///< core, chip or board the C is for; empty: the project's board, else any
  std::vector<std::string> to;  ///< names of formats: "c", "tflite", "onnx"
  fs::path out;         ///< folder; with several formats each gets one below it. Empty: <symbol>-<format>
  fs::path out_parent;  ///< where that is made; empty: it is relative as it stands
};

struct DeployOutcome : Outcome {
  std::optional<NetOfRun> net;  ///< absent: a model that is not a project's
  ModelFigures figures;         ///< their target is the formats' names
  std::vector<fs::path> files;  ///< that were written; where writing failed, `stopped` says why
};

/// Makes all packages before it writes the first file. Error: an unknown format or target, the model's, a
/// format that cannot hold it, a first file that cannot be written.
Result<DeployOutcome> deploy(const DeployArgs& args, Watch& watch);

/// One package, in memory.
struct Packed {
  std::optional<NetOfRun> net;  ///< absent: a model that is not a project's
  deploy::Files files;
};

/// As deploy() makes it. Error: an unknown format, the model's, a format that cannot hold it.
Result<Packed> pack(const ModelArgs& model, const std::string& format);

Json to_json(const DeployOutcome& outcome);

}  // namespace dew::verbs
