// How long all trainings of a run will take: trials, the net itself and the nets that judge it. A bar knows
// only its own stage.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/base.h"

namespace dew::verbs {

/// A training that is to come.
struct PlannedStage {
  std::string begins;   ///< how its name begins: "trying strong", "training"
  double pictures = 0;  ///< an epoch goes over
  int64_t first = 0;    ///< epochs that an earlier stage has done
  int64_t epochs = 0;   ///< in all, those included
};

/// What `train` will do, in this order.
struct TrainingPlan {
  size_t pictures = 0;    ///< that train
  size_t validation = 0;  ///< that validate
  int epochs = 0;
  bool from_random = false;
  int folds = 0;          ///< of all pictures, to judge the net by; 0: none
  size_t unlabelled = 0;  ///< that are learned from, too
};
std::vector<PlannedStage> stages_of(const TrainingPlan& plan);

/// Passes everything on; behind a training's note it says what is left of all that was planned, by the speed
/// of the epochs so far. Stages may end early or not come at all.
class TimeLeft : public Watch {
 public:
  using Clock = std::function<double()>;  ///< seconds
  TimeLeft(Watch& outer, std::vector<PlannedStage> stages, Clock clock = {});

  void begin(std::string_view what, int64_t total) override;
  void advance(int64_t done, std::string_view note) override;
  void end() override { outer_.end(); }
  void inform(const std::string& message) override { outer_.inform(message); }
  void warn(const std::string& message) override { outer_.warn(message); }
  [[nodiscard]] bool interrupted() const override { return outer_.interrupted(); }

 private:
  void measure(int64_t done);
  [[nodiscard]] double work_left(int64_t done) const;

  Watch& outer_;
  std::vector<PlannedStage> stages_;
  Clock clock_;
  size_t next_ = 0;      ///< the stage after the present one
  bool inside_ = false;  ///< of a planned stage
  int64_t last_done_ = -1;
  double last_time_ = 0;
  double seconds_ = 0;  ///< of the epochs that were timed
  double work_ = 0;     ///< of these: pictures times epochs
};

}  // namespace dew::verbs
