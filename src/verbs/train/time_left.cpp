#include "verbs/train/time_left.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "student/student.h"
#include "student/unlabelled.h"

namespace dew::verbs {
namespace {

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double work_of(const PlannedStage& stage) {
  return stage.pictures * static_cast<double>(stage.epochs - stage.first);
}

/// No finer than such a forecast is: "40 s", "2 min".
std::string roughly(double seconds) {
  if (seconds < 60) return fmt::format("{:.0f} s", 10 * std::ceil(seconds / 10));
  return fmt::format("{:.0f} min", std::ceil(seconds / 60));
}

}  // namespace

std::vector<PlannedStage> stages_of(const TrainingPlan& plan) {
  std::vector<PlannedStage> stages;
  const auto pictures = static_cast<double>(plan.pictures);
  const bool tried = !plan.from_random && plan.validation > 0;
  const int64_t trial = tried ? student::trial_epochs(plan.epochs) : 0;
  if (tried) stages = {{"trying strong", pictures, 0, trial}, {"trying mild", pictures, 0, trial}};
  stages.push_back({"training", pictures, trial, plan.epochs});
  if (plan.unlabelled > 0) {
    const size_t seen = plan.pictures + plan.unlabelled;
    stages.push_back(
        {"training", static_cast<double>(seen), 0, student::epochs_with_unlabelled(seen, plan.epochs)});
  }
  const double all = pictures + static_cast<double>(plan.validation);
  for (int k = 0; k < plan.folds; ++k)
    stages.push_back({"training", all * (plan.folds - 1) / plan.folds, 0, plan.epochs});
  return stages;
}

TimeLeft::TimeLeft(Watch& outer, std::vector<PlannedStage> stages, Clock clock)
    : outer_(outer), stages_(std::move(stages)), clock_(clock ? std::move(clock) : steady_seconds) {}

void TimeLeft::begin(std::string_view what, int64_t total) {
  outer_.begin(what, total);
  const auto stage = std::find_if(stages_.begin() + static_cast<std::ptrdiff_t>(next_), stages_.end(),
                                  [what](const PlannedStage& one) { return what.starts_with(one.begins); });
  inside_ = stage != stages_.end();
  if (!inside_) return;
  next_ = static_cast<size_t>(stage - stages_.begin()) + 1;
  last_done_ = -1;
}

void TimeLeft::measure(int64_t done) {
  const double now = clock_();
  if (last_done_ >= 0 && done > last_done_) {
    seconds_ += now - last_time_;
    work_ += stages_[next_ - 1].pictures * static_cast<double>(done - last_done_);
  }
  last_done_ = done;
  last_time_ = now;
}

double TimeLeft::work_left(int64_t done) const {
  const PlannedStage& stage = stages_[next_ - 1];
  double left = stage.pictures * static_cast<double>(std::max<int64_t>(0, stage.epochs - done));
  for (size_t i = next_; i < stages_.size(); ++i) left += work_of(stages_[i]);
  return left;
}

void TimeLeft::advance(int64_t done, std::string_view note) {
  if (!inside_) return outer_.advance(done, note);
  measure(done);
  const double seconds = work_ > 0 ? work_left(done) / work_ * seconds_ : 0;
  if (seconds < 1) return outer_.advance(done, note);
  outer_.advance(done,
                 fmt::format("{}{}about {} left in all", note, note.empty() ? "" : ", ", roughly(seconds)));
}

}  // namespace dew::verbs
