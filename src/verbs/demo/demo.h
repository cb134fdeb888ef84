// demo: the whole way on a sample video, by the same verbs as a user would take. No key, no network.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "verbs/label/label.h"
#include "verbs/measure/measure.h"
#include "verbs/project/project.h"
#include "verbs/train/train.h"

namespace dew::verbs {

struct DemoArgs {
  fs::path folder = "dewdrop-demo";  ///< where the project is made, or goes on
  fs::path video;                    ///< empty: OpenCV's vtest.avi, where Debian's opencv-doc puts it
  std::string teacher;               ///< empty: answers of a large model recorded for this video
  std::string board;                 ///< empty: the project's
  uint64_t seed = 1;                 ///< of the training
};

/// What a user would type for the step that begins: "dewdrop <verb> <arguments>".
struct DemoCommand {
  std::string verb;
  std::string arguments;
};

/// A step of the demo: its command as it begins, then what came of it.
using DemoStep = std::variant<DemoCommand, NewOutcome, AddOutcome, LabelOutcome, TrainOutcome, TestOutcome>;

struct DemoOutcome : Outcome {
  TestOutcome test;
  double seconds = 0;  ///< of the wall's clock
};

/// Makes a project (`new`), adds the video, labels it, trains, tests; `show` gets every step. Called again,
/// it goes on where it was; what is done is not done again. A step that ends half-way ends the demo with its
/// error, after `show` has got what it did. Error: no video; the verbs'; interrupted.
Result<DemoOutcome> demo(const DemoArgs& args, const std::function<void(const DemoStep&)>& show,
                         Watch& watch);

/// The keys of `test`, and the seconds.
Json to_json(const DemoOutcome& outcome);

}  // namespace dew::verbs
