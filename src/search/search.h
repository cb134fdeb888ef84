// search: which nets fit the board, and which of those learns the task best.
//
// Nothing about RAM, flash or instructions is estimated: every candidate is made with random weights,
// compiled, linked for the board and run there. Those that fit are trained by successive halving (Jamieson
// and Talwalkar, arXiv 1502.07943): all of them for a few epochs, the better half for twice as many, the
// best two to the end.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/base.h"
#include "student/train.h"
#include "target/target.h"

namespace dew::search {

/// What the compiled net may take at most; absent: any amount. RAM holds the image, or one row of it where
/// rows are pushed, the arena and the stack.
struct Limits {
  std::optional<int64_t> ram_bytes;
  std::optional<int64_t> flash_bytes;
  std::optional<int64_t> instructions;  ///< of one inference
  bool rows = false;                    ///< the camera pushes rows
};

/// How the nets are fed while they are measured.
inline target::Feed feed_of(const Limits& limits) {
  return limits.rows ? target::Feed::kRows : target::Feed::kImage;
}

/// Whether the figures are within the limits.
bool fits(const target::Figures& figures, const Limits& limits);

/// A net, what it costs and how long it was trained.
struct NetCandidate {
  student::TrainSettings settings;
  int64_t macs = 0;
  target::Figures figures;        ///< of the untrained net, measured on the board
  double trained_share = 0;       ///< of settings.epochs: how long it was trained in its last round
  int epochs = 0;                 ///< the same in epochs
  double accuracy = 0;            ///< after that, on the validation pictures
  bool best_of_its_size = false;  ///< no other candidate is as accurate with less RAM and flash
};

/// The pictures that candidates learn from.
struct Pictures {
  std::vector<student::Example> train;
  std::vector<student::Example> validation;
};

struct Task {
  Limits limits;
  target::Board board;
  compiler::Options options;  ///< as the chosen net will be compiled
  std::vector<std::string> classes;
  /// Seed, epochs (0: the usual number of each net) and all else but the shape. Nets of `backbone_alpha`
  /// start from its backbone; if that is empty, each net starts from what fits it.
  student::TrainSettings settings;
  double backbone_alpha = 0;
  size_t candidates = 8;                            ///< how many are trained at most
  std::function<Result<Pictures>(int input)> load;  ///< pictures of input x input pixels
  fs::path folder;  ///< for the trainings' checkpoints: called again, the search resumes
};

/// "mobilenet_v2 0.35, 96 px, head 256, 13 blocks".
std::string describe(const student::TrainSettings& settings);

/// Where below `folder` the training of `settings` leaves its checkpoint.
fs::path training_folder(const fs::path& folder, const student::TrainSettings& settings);

/// Nets that, untrained, are within the limits on the board, the most promising first, at most
/// `task.candidates`: of each kind the one with the largest input that fits. Error: none fits (says what the
/// nearest needs), a missing compiler or emulator, interrupted.
Result<std::vector<NetCandidate>> fitting(const Task& task, Watch& watch);

/// Trains the candidates by successive halving; gives all of them, the best first. Error: as fitting()'s and
/// train()'s; no validation pictures, without which nothing could tell which net is better.
Result<std::vector<NetCandidate>> halve(const Task& task, std::vector<NetCandidate> candidates, Watch& watch);

}  // namespace dew::search
