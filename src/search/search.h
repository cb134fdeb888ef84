// search: which net fits the board, and of those that fit, which one learns the task best.
//
// Nothing about RAM, flash or instructions is guessed: every candidate is drawn with weights that mean
// nothing, compiled, linked for the board and run there. Those that fit are trained by successive halving
// (Jamieson and Talwalkar, arXiv 1502.07943): all of them for a few epochs, the better half for twice as
// many, until one is left.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/base.h"
#include "student/student.h"
#include "target/target.h"

namespace dew::search {

/// What the compiled net may take at most; absent: as much as it likes. RAM holds the image, the arena and
/// the stack.
struct Limits {
  std::optional<int64_t> ram_bytes;
  std::optional<int64_t> flash_bytes;
  std::optional<int64_t> instructions;  ///< of one inference
};

/// Whether figures keep to the limits.
bool fits(const target::Figures& figures, const Limits& limits);

/// A net, what it costs and how far it was followed.
struct Candidate {
  student::TrainSettings settings;
  int64_t macs = 0;
  target::Figures figures;        ///< of the sketch, measured
  double followed = 0;            ///< the part of settings.epochs that it was trained for at last
  int epochs = 0;                 ///< the same in epochs
  double accuracy = 0;            ///< then, on the validation pictures
  bool best_of_its_size = false;  ///< no other one is as accurate with less RAM and flash
};

/// The pictures that candidates learn from.
struct Pictures {
  std::vector<student::Example> train;
  std::vector<student::Example> validation;
};

struct Task {
  Limits limits;
  target::Board board;
  compiler::Options options;  ///< as the net will be compiled at last
  std::vector<std::string> classes;
  /// Seed, epochs (0: as many as each needs) ... of the net wanted in the end; its shape is not used. Its
  /// backbone is what nets of `backbone_alpha` start from; empty: each from what fits it.
  student::TrainSettings settings;
  double backbone_alpha = 0;
  size_t candidates = 8;                            ///< trained at most
  std::function<Result<Pictures>(int input)> load;  ///< pictures of input x input pixels
  fs::path folder;  ///< where trainings leave their checkpoints: called again, the search goes on
};

/// "mobilenet_v2 0.35, 96 px, head 256, 13 blocks".
std::string describe(const student::TrainSettings& settings);

/// Where below `folder` the training of `settings` leaves its checkpoint.
fs::path training_folder(const fs::path& folder, const student::TrainSettings& settings);

/// Shapes whose sketch keeps to the limits on the board, the most promising first, at most `task.candidates`:
/// of each kind the largest input that fits. Error: none fits (says what the smallest needs), a missing
/// compiler or emulator, interrupted.
Result<std::vector<Candidate>> fitting(const Task& task, Watch& watch);

/// All that were followed, the best first. Error: as fitting()'s and training's; no validation pictures
/// (nobody could tell which is better).
Result<std::vector<Candidate>> halve(const Task& task, std::vector<Candidate> candidates, Watch& watch);

}  // namespace dew::search
