// Whether a camera shows the net other things than it was trained for: told from its scores alone.
#pragma once

#include <atomic>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "store/store.h"
#include "verbs/cascade/cascade.h"
#include "verbs/cascade/scorer.h"
#include "verbs/common/event_classes.h"
#include "verbs/common/model.h"
#include "verbs/common/outcome.h"

namespace dew::verbs {

void add_look(Looks& looks, const FrameScores& scores, const std::vector<EventClass>& events);

/// Absent: too few looks to say, or nothing is higher than usual.
std::optional<Drift> drift_of(const Looks& seen, const std::vector<Looks>& usual);

/// A look every ten seconds, so that neighbouring frames do not count as many; still, what stands before a
/// camera for an hour is one scene.
constexpr double kBetweenLooks = 10;  ///< seconds

/// "12 % of the looks are unknown to the net (at least 8 %; at most 3 % with the project's own pictures)".
std::string drift_text(const Drift& drift);

/// Compares sources with what the net says of the project's pictures that took no part in training. Those are
/// read by a thread of its own once a source has given enough looks, and what was found is kept in the
/// project.
class DriftWatch {
 public:
  /// `model` and `events` have to outlive it.
  DriftWatch(fs::path project, const Model& model, const std::vector<EventClass>& events, double temperature);
  ~DriftWatch();
  DriftWatch(const DriftWatch&) = delete;
  DriftWatch& operator=(const DriftWatch&) = delete;

  /// Absent: nothing to tell, or not yet known. `wait`: until it is known.
  std::optional<Drift> look_at(const Looks& seen, bool wait);

 private:
  const fs::path project_;
  const Model& model_;
  const std::vector<EventClass>& events_;
  const double temperature_;
  std::atomic<bool> stop_ = false;
  std::future<std::vector<Looks>> reading_;
  std::optional<std::vector<Looks>> usual_;
};

Json to_json(const Looks& looks);

}  // namespace dew::verbs
