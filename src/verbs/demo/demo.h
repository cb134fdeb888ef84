// `demo`: the whole way on a sample video, by the verbs that a user would call. No key, no network.
#pragma once

#include <string>

#include "verbs/label/label.h"
#include "verbs/measure/measure.h"
#include "verbs/project/project.h"
#include "verbs/train/train.h"

namespace dew::verbs {

struct DemoArgs {
  fs::path folder;  ///< of the project; an earlier demo in it goes on
  fs::path video;   ///< OpenCV's vtest.avi; empty: where Debian's opencv-doc puts it
  std::string
      teacher;        ///< as make_teacher() takes it; empty: answers of a large model recorded for the video
  std::string board;  ///< empty: the settings' default
  uint64_t seed = 1;  ///< of the training
};

/// Is told of each step, so that a face can show it while the next one runs. The base class shows nothing.
class DemoSteps {
 public:
  DemoSteps() = default;
  DemoSteps(const DemoSteps&) = delete;
  DemoSteps& operator=(const DemoSteps&) = delete;
  virtual ~DemoSteps() = default;
  /// A step begins: the verb, and its arguments as they are typed.
  virtual void begin(const std::string& verb, const std::string& arguments) { (void)verb, (void)arguments; }
  virtual void end(const AddOutcome& added) { (void)added; }
  virtual void end(const LabelOutcome& labelled) { (void)labelled; }
  virtual void end(const TrainOutcome& trained) { (void)trained; }
  virtual void end(const TestOutcome& tested) { (void)tested; }
};

struct DemoOutcome : Outcome {
  TestOutcome tested;
  double seconds = 0;  ///< the whole demo
};

/// Error: no video, and those of the steps. What earlier steps did stands, and the next call goes on from
/// there.
Result<DemoOutcome> demo(const DemoArgs& args, DemoSteps& steps, Watch& watch);

/// The keys of `test`, and `seconds`.
Json to_json(const DemoOutcome& outcome);

}  // namespace dew::verbs
