// What runs while the cascade watches: threads that watch, ask, post and publish, and this one, which logs.
#pragma once

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "verbs/cascade/drift.h"
#include "verbs/cascade/logging.h"
#include "verbs/cascade/mqtt_out.h"
#include "verbs/cascade/pushing.h"
#include "verbs/cascade/questions.h"
#include "verbs/cascade/unsure.h"

namespace dew::verbs {

class Cascading {
 public:
  Cascading(const CascadeArgs& args, Project& project, EventLog& log, const WatchPlan& plan,
            std::vector<WatchSource>& sources, CascadeOutcome& outcome, Watch& watch);
  /// Who is asked about events; before run().
  Result<void> ask(const Project& project, const Settings& settings);
  /// Where lines are posted to; before run().
  Result<void> post();
  /// The broker that events are published by; before run().
  Result<void> publish(const Project& project);
  /// Where pictures are pushed to; before run().
  Result<void> take_in(const std::vector<WatchSource>& pushed);
  /// Of the questions that were answered.
  [[nodiscard]] const std::set<std::string>& prompt_hashes() const { return prompt_hashes_; }
  Result<void> run();

 private:
  void start();
  void start_one(size_t number);
  /// No picture comes any more.
  void end_pushing();
  Result<void> follow();
  /// All sources have ended: what waits is asked still, as long as it can be.
  Result<void> follow_answers();
  /// What it says when it has ended is what the database has.
  void end_asking();
  /// All sources have ended: the log of what is taken stands already.
  void take_what_waits(std::chrono::milliseconds wait);
  void end_posting();
  void end_publishing();
  /// What was answered, and what it cost.
  void tell_asked();
  Result<void> take(Sight sight, size_t& running, bool stopping);
  void count(const SawFrames& counts, bool stopping);
  void tell_drift(WatchedSource& source, bool wait);
  /// At the end: by all looks.
  void compare_scores();

  const CascadeArgs& args_;
  const WatchPlan& plan_;
  std::vector<WatchSource>& sources_;  ///< grows where cameras come
  CascadeOutcome& outcome_;
  Watch& watch_;
  EventKeeper keeper_;
  UnsureKeeper unsure_;
  DriftWatch drift_;
  Inbox<Sight> inbox_;
  std::vector<std::unique_ptr<Watching>> threads_;
  std::vector<SawFrames> counts_;
  std::unique_ptr<Questions> questions_;
  std::unique_ptr<Webhook> webhook_;
  std::unique_ptr<MqttOut> mqtt_;
  std::unique_ptr<Pushing> pushing_;
  std::set<std::string> prompt_hashes_;
};

}  // namespace dew::verbs
